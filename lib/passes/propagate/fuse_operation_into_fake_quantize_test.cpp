#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fuse_operation_into_fake_quantize";

struct Range {
  std::string_view low, high, shape = {};
};

std::string with(std::string_view lines, std::string_view data) {
  return fmt::format(
      "x = Parameter : f32[1,3,4,4]\n{}low = Const value=0 : f32[]\nhigh = Const value=2.55 : f32[]\n"
      "f = FakeQuantize({}, low, high, low, high) levels=256 : f32[1,3,4,4]\nr = Result(f)\n",
      lines, data);
}

std::string fused(const Range& range) {
  return fmt::format(
      "x = Parameter : f32[1,3,4,4]\nlow = Const value=0 : f32[]\nhigh = Const value=2.55 : f32[]\n\"f/input_low\" "
      "= Const value={0} : f32[]\n"
      "\"f/input_high\" = Const value={1} : f32[{2}]\nf = FakeQuantize(x, \"f/input_low\", \"f/input_high\", "
      "low, high) levels=256 : f32[1,3,4,4]\nr = Result(f)\n",
      range.low, range.high, range.shape);
}

/// A value may fall on the other side of a step where the sum is rounded elsewhere.
constexpr double kOneStep = 0.004;

void fuse(std::string_view constant, std::string_view operation, const Range& after) {
  INFO(operation);
  check_rewrite(kPass, with(fmt::format("{}\ne = {} : f32[1,3,4,4]\n", constant, operation), "e"), fused(after), 1,
                kOneStep);
}

}  // namespace

// Rows E.. of the specification of quantization.
TEST_CASE("fuse_operation_into_fake_quantize: constants above go into the input range") {
  fuse("c = Const value=.01 : f32[]", "Multiply(x, c)", {"0", "255"});
  fuse("c = Const value=[.01,.02,.03] : f32[1,3,1,1]", "Multiply(x, c)", {"0", "[255,127.5,85]", "1,3,1,1"});
  fuse("c = Const value=2 : f32[]", "Add(x, c)", {"-2", "0.54999995"});
  fuse("c = Const value=2 : f32[]", "Subtract(x, c)", {"2", "4.55"});
  fuse("c = Const value=2 : f32[]", "Multiply(c, x)", {"0", "1.275"});
}

TEST_CASE("fuse_operation_into_fake_quantize: one after the other") {
  check_rewrite(kPass,
                with("c = Const value=128 : f32[]\nd = Const value=.01 : f32[]\na = Add(x, c) : f32[1,3,4,4]\ne = "
                     "Multiply(a, d) : f32[1,3,4,4]\n",
                     "e"),
                fused({"-128", "127"}), 1, kOneStep);
  check_rewrite(kPass,
                with("c = Const value=2 : f32[]\nd = Const value=1 : f32[]\na = Multiply(x, c) : f32[1,3,4,4]\ne = "
                     "Add(a, d) : f32[1,3,4,4]\n",
                     "e"),
                fused({"-0.5", "0.775"}), 1, kOneStep);
}

TEST_CASE("fuse_operation_into_fake_quantize: what is not an affine map with a positive factor stays") {
  for (const char* line :
       {"c = Const value=-.01 : f32[]\ne = Multiply(x, c)",
        "c = Const value=[.01,0,.01] : f32[1,3,1,1]\ne = Multiply(x, c)",
        "c = Const value=2 : f32[]\ne = Subtract(c, x)", "c = Const value=2 : f32[]\ne = Divide(x, c)",
        "c = Const value=[1,2,3,4] : f32[1,1,1,4]\ne = Multiply(x, c)"})
    check_no_match(kPass, with(std::string(line) + " : f32[1,3,4,4]\n", "e"));
  check_no_match(kPass, "x = Parameter : f32[1,?,4,4]\nc = Const value=[.01,.02,.03] : f32[1,3,1,1]\n" +
                            fake_quantized("f", "e = Multiply(x, c) : f32[1,?,4,4]", 256, {"0", "2.55"}) +
                            "r = Result(f)\n");
  check_no_match(kPass, R"(
    x = Parameter                     : i32[1,3,4,4]
    e = Convert(x)                    : f32[1,3,4,4]
    low = Const value=0               : f32[]
    high = Const value=2.55           : f32[]
    f = FakeQuantize(e, low, high, low, high) levels=256 : f32[1,3,4,4]
    r = Result(f)
  )");
}

// Rows E3 to E20, through the whole pipeline.
TEST_CASE("what stands above a FakeQuantize goes into its input range") {
  // Reading integers is for the dialect that has edges of them.
  const auto check = [](const std::string& lines, const std::string& formula, std::string_view shape = "1,3,4,4",
                        std::string_view type = "f32", const std::string& openvino = {}) {
    auto text = fmt::format("x = Parameter : {}[{}]\n", type, shape);
    text += fake_quantized("f", lines, 256, {"0", "2.55"}) + "r = Result(f)\n";
    check_conversion(text, {formula, openvino.empty() ? formula : openvino, "cpu", kOneStep});
  };
  const std::string per_channel = "c = Const value=[.01,.02,.03] : f32[1,3,1,1]\n";
  check(per_channel + "e = Multiply(x, c) : f32[?,3,?,?]", "FQ256(x; 0..[255,127.5,85] -> 0..2.55)", "?,3,?,?");
  const std::string hundredth = "c = Const value=.01 : f32[]\nd = Const value=-128 : f32[]\n";
  check(hundredth + "a = Subtract(x, d) : f32[1,3,4,4]\ne = Multiply(a, c) : f32[1,3,4,4]",
        "FQ256(x; -128..127 -> 0..2.55)");
  check(
      hundredth + "b = Convert(x) : f32[1,3,4,4]\na = Subtract(b, d) : f32[1,3,4,4]\ne = Multiply(a, c) : f32[1,3,4,4]",
      "FQ256(x; -128..127 -> 0..2.55)", "1,3,4,4", "u8", "FQ256(Convert(x); -128..127 -> 0..2.55)");
  check("e = Convert(x) : f32[1,3,4,4]", "FQ256(x; 0..2.55 -> 0..2.55)", "1,3,4,4", "u8", "unchanged");
  check("c = Const value=[.01,.02,.03,.04] : f32[1,1,4]\ne = Multiply(x, c) : f32[1,3,4]",
        "FQ256(Multiply(x, [0.01,0.02,0.03,0.04][1,1,4]); 0..2.55 -> 0..2.55)", "1,3,4");
  check(
      "c = Const value=2 : f32[]\nd = Const value=1 : f32[]\na = Add(x, d) : f32[1,3,4,4]\ne = Multiply(a, c) : "
      "f32[1,3,4,4]",
      "FQ256(x; -1..0.275 -> 0..2.55)");
  check(filled("c", "2", "f32", "1,3,2,2") + "\ne = Add(x, c) : f32[1,3,2,2]",
        "FQ256(Add(x, 2[1,3,2,2]); 0..2.55 -> 0..2.55)", "1,3,2,2");
}

TEST_CASE("a Multiply that two FakeQuantizes read goes into both, whatever output of its producer it reads") {
  std::string text =
      "x = Parameter : f32[1,6,4,4]\naxis = Const value=1 : i64[]\np = Split(x, axis) num_splits=2 : f32[1,3,4,4], "
      "f32[1,3,4,4]\nc = Const value=2 : f32[]\n";
  text += fake_quantized("f", "m = Multiply(p.1, c) : f32[1,3,4,4]", 256, {"0", "2.55"});
  text +=
      "gl = Const value=-1.28 : f32[]\ngh = Const value=1.27 : f32[]\ng = FakeQuantize(m, gl, gh, gl, gh) levels=256 "
      ": f32[1,3,4,4]\nr = Result(f)\nt = Result(g)\n";
  check_conversion(text, {"FQ256(Split(x).1; 0..1.275 -> 0..2.55)\nFQ256(Split(x).1; -0.64..0.635 -> -1.28..1.27)",
                          "FQ256(Split(x).1; 0..1.275 -> 0..2.55)\nFQ256(Split(x).1; -0.64..0.635 -> -1.28..1.27)",
                          "cpu", kOneStep});
}

TEST_CASE("fuse_operation_into_fake_quantize: halves that do not hold the new range stay") {
  const auto halves = [](std::string_view factor) {
    return fmt::format(
        "x = Parameter : f16[1,3,4,4]\nc = Const value={} : f16[]\ne = Multiply(x, c) : f16[1,3,4,4]\nlow = Const "
        "value=0 : "
        "f16[]\nhigh = Const value=2.5 : f16[]\nf = FakeQuantize(e, low, high, low, high) levels=256 : "
        "f16[1,3,4,4]\nr = Result(f)\n",
        factor);
  };
  check_no_match(kPass, halves("3"));  // a third of 2.5
  CHECK(Converted(halves("2"), Dialect::openvino).formula() == "Convert(FQ256(Convert(x); 0..1.25 -> 0..2.5)):f16");
}

// What OpenVINO does itself when it loads a model is not worth a larger file.
TEST_CASE("fuse_operation_into_fake_quantize: no more bytes for OpenVINO than before") {
  const auto check = [](std::string_view type, const std::string& lines, const std::string& openvino) {
    const auto constant = [&](std::string_view name, std::string_view value) {
      return fmt::format("{0}_c = Const value={1} : {2}[1,3,1,1]\n{0} = Convert({0}_c) : f32[1,3,1,1]\n", name, value,
                         type);
    };
    check_conversion(with(constant("c", "[1,2,4]") + constant("d", "[1,2,3]") + lines + " : f32[1,3,4,4]\n", "e"),
                     {"FQ256(x; [-1,-1,-0.75]..[1.55,0.275,-0.1125] -> 0..2.55)", openvino, "cpu", kOneStep});
  };
  const std::string both = "a = Multiply(x, c) : f32[1,3,4,4]\ne = Add(a, d)";
  check("f32", both, "FQ256(x; [-1,-1,-0.75]..[1.55,0.275,-0.1125] -> 0..2.55)");
  check("f16", both, "unchanged");
}
