#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kClamp = "move_clamp_above_fake_quantize", kRelu = "move_relu_above_fake_quantize";

/// x -> FakeQuantize q -> y, an operation on it.
std::string behind(std::string_view operation, RangeText range, std::string_view more = "", int levels = 256) {
  return fake_quantized("q", "x = Parameter : f32[1,2,4,4]", levels, range) +
         fmt::format("y = {} : f32[1,2,4,4]\nr = Result(y)\n{}", with_data(operation, "q"), more);
}

std::string in_front(std::string_view operation, RangeText range, int levels = 256) {
  return fake_quantized("y",
                        fmt::format("x = Parameter : f32[1,2,4,4]\nc = {} : f32[1,2,4,4]", with_data(operation, "x")),
                        levels, range) +
         "r = Result(y)\n";
}

void check_moves(std::string_view pass, std::string_view operation, RangeText range, int levels = 256) {
  INFO(operation);
  // 0 is a step of the ranges but for the last bits of their ends.
  check_rewrite(pass, behind(operation, range, "", levels), in_front(operation, range, levels), 1, 1e-6);
}

}  // namespace

TEST_CASE("move_clamp_above_fake_quantize: bounds that are steps, or beyond the range") {
  check_moves(kRelu, "ReLU(%)", {"-1.28", "1.27"});
  check_moves(kRelu, "ReLU(%)", {"0", "2.55"});
  check_moves(kRelu, "ReLU(%)", {"-1", "1"}, 255);
  check_moves(kRelu, "ReLU(%)", {"[-1.28,-2.56]", "[1.27,2.54]", "1,2,1,1"});
  check_moves(kClamp, "Clamp(%) min=0.0 max=1.0", {"-1.28", "1.27"});
  check_moves(kClamp, "Clamp(%) min=-6.0 max=6.0", {"-1.28", "1.27"});
  check_moves(kClamp, "Clamp(%) min=-0.5 max=0.25", {"-1.28", "1.27"});
}

TEST_CASE("move_clamp_above_fake_quantize: a FakeQuantize to another range") {
  const auto requantized = [](std::string_view low, std::string_view high) {
    return fake_quantized("q", "x = Parameter : f32[1,2,4,4]", 256, {"0", "2.55"}, {low, high}) +
           "y = Clamp(q) min=1.0 max=9.0 : f32[1,2,4,4]\nr = Result(y)\n";
  };
  // 1 is step 100 of what it takes, and step 50 of what it gives.
  check_refused(kClamp, requantized("0", "5.1"), "its bound 1 is no step of the FakeQuantize in front of it, 0..5.1",
                Cause::range_not_usable);
  // All that it gives lies above the bound 1, and some that it takes does not.
  check_refused(kClamp, requantized("2", "4.55"), "its bound 1 is no step of the FakeQuantize in front of it, 2..4.55",
                Cause::range_not_usable);
}

TEST_CASE("move_clamp_above_fake_quantize: bounds between steps, and other readers, keep it where it is") {
  check_refused(kClamp, behind("Clamp(%) min=0.0 max=1.005", {"-1.28", "1.27"}),
                "its bound 1.005 is no step of the FakeQuantize in front of it, -1.28..1.27", Cause::range_not_usable);
  check_refused(kRelu, behind("ReLU(%)", {"-1", "1.54"}),
                "its bound 0 is no step of the FakeQuantize in front of it, -1..1.54", Cause::range_not_usable);
  check_refused(kRelu, behind("ReLU(%)", {"[-1.28,-1]", "[1.27,1.54]", "1,2,1,1"}),
                "its bound 0 is no step of the FakeQuantize in front of it, -1..1.54", Cause::range_not_usable);
  check_refused(kRelu, behind("ReLU(%)", {"-1.28", "1.27"}, "s = Result(q)\n"),
                "others read what the FakeQuantize in front of it gives as well", Cause::read_by_others);
}

TEST_CASE("move_clamp_above_fake_quantize: real data and reversed ranges are none of its business") {
  check_no_match(kRelu, "x = Parameter : f32[2]\ny = ReLU(x) : f32[2]\nr = Result(y)\n");
  check_no_match(kRelu, fake_quantized("q", "x = Parameter : f32[2]", 256, {"0", "2.55"}, {"2.55", "0"}) +
                            "y = ReLU(q) : f32[2]\nr = Result(y)\n");
}

// The type-relaxed form follows OpenVINO's own passes, which move the scale below the ReLU.
TEST_CASE("move_clamp_above_fake_quantize: a Convolution behind the ReLU") {
  check_conversion(before_convolution({"1,3,4,4", "ReLU(%)", "1,3,4,4"}),
                   {"Multiply(Convolution(ReLU(FQ256(x; -1.28..1.27 -> -128..127):i8):i8, 2:i8[1,3,1,1]), 0.0001)",
                    "Convolution(FQ256(ReLU(x); -1.28..1.27 -> -128..127), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
