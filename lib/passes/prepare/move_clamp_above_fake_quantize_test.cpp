#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kClamp = "move_clamp_above_fake_quantize", kRelu = "move_relu_above_fake_quantize";

/// x -> FakeQuantize q -> y, an operation on it.
std::string behind(std::string_view operation, RangeText range, std::string_view more = "", int levels = 256) {
  return fake_quantized("q", "x = Parameter : f32[1,2,4,4]", levels, range) +
         fmt::format("y = {} : f32[1,2,4,4]\nr = Result(y)\n{}", with_data(operation, "q"), more);
}

void check_formula(const std::string& text, std::string_view expected) {
  const Converted converted(text, Dialect::openvino);
  CHECK(converted.formula() == expected);
  // 0 is a step of the ranges but for the last bits of their ends.
  check_same_function(parse_text(text), converted.model, 1e-6);
}

void check_stays(std::string_view pass, const std::string& text, std::string_view reason, Cause cause) {
  check_conversion_refused(pass, text, Dialect::openvino, reason, cause);
}

}  // namespace

TEST_CASE("move_clamp_above_fake_quantize: bounds that are steps, or beyond the range") {
  check_formula(behind("ReLU(%)", {"-1.28", "1.27"}), "FQ256(ReLU(x); -1.28..1.27 -> -1.28..1.27)");
  // In front of the FakeQuantize it only repeats the range, and goes.
  check_formula(behind("ReLU(%)", {"0", "2.55"}), "FQ256(x; 0..2.55 -> 0..2.55)");
  check_formula(behind("ReLU(%)", {"-1", "1"}, "", 255), "FQ255(ReLU(x); -1..1 -> -1..1)");
  check_formula(behind("ReLU(%)", {"[-1.28,-2.56]", "[1.27,2.54]", "1,2,1,1"}),
                "FQ256(ReLU(x); [-1.28,-2.56]..[1.27,2.54] -> [-1.28,-2.56]..[1.27,2.54])");
  check_formula(behind("Clamp(%) min=0 max=1", {"-1.28", "1.27"}), "FQ256(Clamp(x, 0..1); -1.28..1.27 -> -1.28..1.27)");
  check_formula(behind("Clamp(%) min=-6 max=6", {"-1.28", "1.27"}), "FQ256(x; -1.28..1.27 -> -1.28..1.27)");
  check_formula(behind("Clamp(%) min=-0.5 max=0.25", {"-1.28", "1.27"}),
                "FQ256(Clamp(x, -0.5..0.25); -1.28..1.27 -> -1.28..1.27)");
}

TEST_CASE("move_clamp_above_fake_quantize: the result keeps its name, and the FakeQuantize in front is gone") {
  const Converted converted(behind("ReLU(%)", {"-1.28", "1.27"}), Dialect::openvino);
  CHECK(converted.line("y") == "y = FakeQuantize(y/in_front, q_il, q_ih, q_il, q_ih) levels=256 : f32[1,2,4,4]");
  CHECK(converted.line("y/in_front") == "y/in_front = ReLU(x) : f32[1,2,4,4]");
  CHECK(converted.line("q").empty());
}

TEST_CASE("move_clamp_above_fake_quantize: a FakeQuantize to another range") {
  const auto requantized = [](std::string_view low, std::string_view high) {
    return fake_quantized("q", "x = Parameter : f32[1,2,4,4]", 256, {"0", "2.55"}, {low, high}) +
           "y = Clamp(q) min=1 max=9 : f32[1,2,4,4]\nr = Result(y)\n";
  };
  // 1 is step 100 of what it takes, and step 50 of what it gives.
  check_stays(kClamp, requantized("0", "5.1"), "its bound 1 is no step of the FakeQuantize in front of it, 0..5.1",
              Cause::range_not_usable);
  // All that it gives lies above the bound 1, and some that it takes does not.
  check_stays(kClamp, requantized("2", "4.55"), "its bound 1 is no step of the FakeQuantize in front of it, 2..4.55",
              Cause::range_not_usable);
}

TEST_CASE("move_clamp_above_fake_quantize: bounds between steps, and other readers, keep it where it is") {
  check_stays(kClamp, behind("Clamp(%) min=0 max=1.005", {"-1.28", "1.27"}),
              "its bound 1.005 is no step of the FakeQuantize in front of it, -1.28..1.27", Cause::range_not_usable);
  check_stays(kRelu, behind("ReLU(%)", {"-1", "1.54"}),
              "its bound 0 is no step of the FakeQuantize in front of it, -1..1.54", Cause::range_not_usable);
  check_stays(kRelu, behind("ReLU(%)", {"[-1.28,-1]", "[1.27,1.54]", "1,2,1,1"}),
              "its bound 0 is no step of the FakeQuantize in front of it, -1..1.54", Cause::range_not_usable);
  check_stays(kRelu, behind("ReLU(%)", {"-1.28", "1.27"}, "s = Result(q)\n"),
              "others read what the FakeQuantize in front of it gives as well", Cause::read_by_others);
}

TEST_CASE("move_clamp_above_fake_quantize: real data, reversed ranges and other runtimes are none of its business") {
  check_formula("x = Parameter : f32[2]\ny = ReLU(x) : f32[2]\nr = Result(y)\n", "ReLU(x)");
  check_formula(fake_quantized("q", "x = Parameter : f32[2]", 256, {"0", "2.55"}, {"2.55", "0"}) +
                    "y = ReLU(q) : f32[2]\nr = Result(y)\n",
                "ReLU(FQ256(x; 0..2.55 -> 2.55..0))");
  CHECK(Converted(behind("ReLU(%)", {"0", "2.55"}), Dialect::openvino, "gpu").formula() ==
        "ReLU(FQ256(x; 0..2.55 -> 0..2.55))");
}

// The type-relaxed form follows OpenVINO's own passes, which move the scale below the ReLU.
TEST_CASE("move_clamp_above_fake_quantize: a Convolution behind the ReLU") {
  check_conversion(before_convolution({"1,3,4,4", "ReLU(%)", "1,3,4,4", "", {"0", "2.55"}}),
                   {"Multiply(Convolution(ReLU(FQ256(x; 0..2.55 -> 0..255):u8):u8, 2:i8[1,3,1,1]), 0.0001)",
                    "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
  check_conversion(before_convolution({"1,3,4,4", "ReLU(%)", "1,3,4,4"}),
                   {"Convolution(ReLU(FQ256(x; -1.28..1.27 -> -1.28..1.27)), Multiply(Convert(2:i8[1,3,1,1]), 0.01))",
                    "Convolution(FQ256(ReLU(x); -1.28..1.27 -> -128..127), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
