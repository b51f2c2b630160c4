#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "testing/check_weighted.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_multiply";
using Branch = BranchText;

std::string before(const Branch& a, const Branch& b) { return branches_text("Multiply", a, b); }

}  // namespace

// Rows MP.. of the specification.
TEST_CASE("propagate_multiply: one input is taken as it is, the other takes both scales") {
  const auto check = [](const char* first, std::string_view scale, std::string_view zero_point) {
    std::string text =
        "x = Parameter : u8[1,4,2,2]\nz = Parameter : u8[1,4,2,2]\n\"y/input/DequantizationConvert\" = Convert(x) : "
        "f32[1,4,2,2]\n";
    std::string value = "\"y/input/DequantizationConvert\"";
    if (!zero_point.empty()) {
      text += fmt::format(
          "\"y/input/zero_point\" = Const value={} : f32[]\n\"y/input/DequantizationSubtract\" = Subtract({}, "
          "\"y/input/zero_point\") : f32[1,4,2,2]\n",
          zero_point, value);
      value = "\"y/input/DequantizationSubtract\"";
    }
    text += fmt::format(
        "\"y/input/scale\" = Const value={} : f32[]\n\"y/input/DequantizationMultiply\" = Multiply({}, "
        "\"y/input/scale\") : f32[1,4,2,2]\n",
        scale, value);
    text +=
        "y = Multiply@type_relaxed_opset1(\"y/input/DequantizationMultiply\", z) type_relax=true "
        "input_data_types=[f32,f32] output_data_types=f32 : f32[1,4,2,2]\nr = Result(y)\n";
    check_rewrite(kPass, before({"u8", "1,4,2,2", first}, {"u8", "1,4,2,2", "scale=7"}), text, 1, 1e-6);
  };
  check("scale=10 zero_point=2", "70", "2");
  check("scale=10", "70", "");
}

TEST_CASE("propagate_multiply: a constant joins the scale") {
  const auto with = [](const char* dq, const char* product, const char* constant) {
    return fmt::format(
        "x = Parameter : i8[1,3,2,2]\nc = {}\na = Dequantize(x) {} : f32[1,3,2,2]\ny = Multiply({}) : f32[1,3,2,2]\nr "
        "= Result(y)\n",
        constant, dq, product);
  };
  const auto without = [](const char* dq) {
    return fmt::format("x = Parameter : i8[1,3,2,2]\ny = Dequantize(x) {} : f32[1,3,2,2]\nr = Result(y)\n", dq);
  };
  for (const char* order : {"a, c", "c, a"}) {
    check_rewrite(kPass, with("scale=10", order, "Const value=7 : f32[]"), without("scale=70"), 1, 1e-6);
    check_rewrite(kPass, with("scale=10 zero_point=18", order, "Const value=7 : f32[]"),
                  without("scale=70 zero_point=18"), 1, 1e-6);
    check_rewrite(kPass, with("scale=10 zero_point=18", order, "Const value=[1,2,3] : f32[1,3,1,1]"),
                  without("scale=[10,20,30]@1 zero_point=18"), 1, 1e-6);
  }
}

TEST_CASE("propagate_multiply: a zero point of the input that is taken as it is, and real data, are refused") {
  check_refused(kPass, before({"u8", "1,4,2,2", "scale=10 zero_point=2"}, {"u8", "1,4,2,2", "scale=7 zero_point=3"}),
                "the input to be taken as it is has a zero point");
  check_refused(kPass, before({"u8", "1,4,2,2", "scale=10"}, {"u8", "1,4,2,2", "scale=7 zero_point=2"}),
                "the input to be taken as it is has a zero point");
  check_refused(kPass, before({"u8", "1,4,2,2", "scale=10 zero_point=2"}, {"f32", "1,4,2,2", ""}),
                "one of its inputs is not quantized");
}

namespace {

std::string multiplied(const std::string& lines, std::string_view out = "1,3,4,4") {
  return lines + fmt::format("y = Multiply(a, b) : f32[{}]\nr = Result(y)\n", out);
}
std::string integers(std::string_view name, std::string_view data, std::string_view dequantization,
                     std::string_view type = "u8") {
  return dequantized(name, fmt::format("{} = Parameter : {}[1,3,4,4]", data, type), dequantization);
}
std::string quantized(std::string_view name, std::string_view data, std::string_view high,
                      std::string_view shape = "1,3,4,4") {
  return fake_quantized(name, fmt::format("{} = Parameter : f32[{}]", data, shape), 256, {"0", high});
}

}  // namespace

// Rows MP01 to MP09 and MP14, through the whole pipeline.
TEST_CASE("Multiply: two inputs of integers") {
  check_conversion(multiplied(integers("a", "x", "scale=10 zero_point=2") + integers("b", "z", "scale=7 zero_point=3")),
                   {"Multiply(Multiply(Subtract(x, 2), 10), Multiply(Subtract(z, 3), 7))", "unchanged"});
  check_conversion(multiplied(integers("a", "x", "scale=1 zero_point=2") + integers("b", "z", "scale=7")),
                   {"Multiply(Multiply(Subtract(x, 2), 7), z)", "unchanged"});
  check_conversion(multiplied(integers("a", "x", "scale=10") + integers("b", "z", "scale=7 zero_point=2")),
                   {"Multiply(Multiply(x, 10), Multiply(Subtract(z, 2), 7))", "unchanged"});
  check_conversion(multiplied(integers("a", "x", "scale=10 zero_point=2", "i8") + integers("b", "z", "scale=7", "i8")),
                   {"Multiply(Multiply(Subtract(x, 2), 70), z)", "unchanged"});
  check_conversion(multiplied(integers("a", "x", "scale=10 zero_point=2") + "b = Parameter : f32[1,3,4,4]\n"),
                   {"Multiply(Multiply(Subtract(x, 2), 10), b)", "unchanged"});
  const std::string seven = "b = Const value=7 : f32[]\n";
  check_conversion(multiplied(integers("a", "x", "scale=10", "i8") + seven),
                   {"Multiply(x, 70)", "Multiply(Convert(x), 70)"});
  check_conversion(multiplied(integers("a", "x", "scale=10 zero_point=18", "i8") + seven),
                   {"Multiply(Subtract(x, 18), 70)", "Multiply(Subtract(Convert(x), 18), 70)"});
}

// Rows MP10 to MP12, MP17.
TEST_CASE("Multiply: a quantized constant joins the scale") {
  const auto data = integers("a", "x", "scale=.2", "i8");
  check_conversion(multiplied(data + dequantized("b", "v = Const value=7 : i8[]", "scale=.5")),
                   {"Multiply(x, 0.7)", "Multiply(Convert(x), 0.7)"});
  check_conversion(multiplied(integers("a", "x", "scale=.2 zero_point=127", "i8") +
                              dequantized("b", "v = Const value=7 : i8[]", "scale=.5 zero_point=127")),
                   {"Multiply(Subtract(x, 127), -12)", "Multiply(Subtract(Convert(x), 127), -12)"});
  const auto constant = [](std::string_view name) {
    return dequantized(name, "v = Const value=[7,8,9] : i8[3]", "scale=[.1,.2,.3]@0");
  };
  const auto real = [](std::string_view name) {
    return fmt::format(
        "x = Parameter : f32[2,3]\ns = Const value=[.2,.3,.4] : f32[3]\n{} = Multiply(x, s) : f32[2,3]\n", name);
  };
  check_conversion(multiplied(constant("a") + real("b"), "2,3"),
                   {"Multiply(x, [0.14,0.48,1.08][3])", "Multiply(x, [0.14,0.48,1.08][3])"});
  check_conversion(multiplied(real("a") + constant("b"), "2,3"),
                   {"Multiply(x, [0.14,0.48,1.08][3])", "Multiply(x, [0.14,0.48,1.08][3])"});
  check_conversion(
      multiplied(quantized("a", "x", "2.55") +
                 fake_quantized("b", "v = Const value=[.01,1.27,2.55] : f32[1,3,1,1]", 256, {"0", "2.55"})),
      {"FQ256(x; 0..2.55 -> 0..[0.0255,3.2385,6.5025])",
       "Multiply(FQ256(x; 0..2.55 -> 0..2.55), Multiply(Convert([1,127,255]:u8[1,3,1,1]), 0.01))"});
}

// Rows MP15, MP16.
TEST_CASE("Multiply: two inputs under FakeQuantize") {
  check_conversion(multiplied(quantized("a", "x", "2.55") + quantized("b", "z", "5.1")),
                   {"Multiply(FQ256(x; 0..2.55 -> 0..0.051), FQ256(z; 0..5.1 -> 0..255):u8)", "unchanged"});
  check_conversion(multiplied(quantized("a", "x", "2.55") + quantized("b", "z", "5.1", "1,3,1,1")),
                   {"Multiply(FQ256(x; 0..2.55 -> 0..255):u8, FQ256(z; 0..5.1 -> 0..0.051))", "unchanged"});
}

TEST_CASE("Multiply: on a real edge no scale for each channel goes behind a MatMul") {
  std::string text = fake_quantized("b1", "z1 = Parameter : f32[1,1,4,4]", 256, {"0", "2.55"}) +
                     fake_quantized("b2", "z2 = Parameter : f32[1,2,4,4]", 256, {"0", "5.1"}) +
                     "b = Concat(b1, b2) axis=1 : f32[1,3,4,4]\n";
  text += fake_quantized("a",
                         "x = Parameter : f32[1,3,4,4]\nm = MatMul(x, x) transpose_a=false transpose_b=false : "
                         "f32[1,3,4,4]",
                         256, {"0", "2.55"});
  text = multiplied(text);
  text += fake_quantized("w", filled("v", ".02", "f32", "3,1,1,1,1"), 255, {"-1.27", "1.27"});
  for (const auto* data : {"a", "b"})
    text += fmt::format(
        "g{0} = GroupConvolution({0}, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
        "auto_pad=explicit : f32[1,3,4,4]\ns{0} = Result(g{0})\n",
        data);
  CHECK(Converted(text, Dialect::openvino).refusal("propagate_multiply") ==
        fact_text("channel_parameters_behind_mat_mul"));
}

// Law: s*x * c == (s*c)*x, and s1*x1 * s2*x2 == (s1*s2)*x1 * x2.
TEST_CASE("Multiply: beside Convolutions the steps pass on real edges as well") {
  check_conversion(
      before_convolution({"1,3,4,4", "Multiply(%, c)", "1,3,4,4", "c = Const value=2 : f32[]"}),
      {"Multiply(Convolution(Subtract(FQ256(x; -1.28..1.27 -> 0..255):u8, 128:u8[1,3,1,1]), 2:i8[1,3,1,1]), 0.0002)",
       "Convolution(FQ256(x; -1.28..1.27 -> -128..127), Multiply(Convert(2:i8[1,3,1,1]), 0.0002))"});
  const std::string other = quantized("p", "z", "5.1") +
                            fake_quantized("u", filled("o", ".02", "f32", "1,3,1,1"), 255, {"-1.27", "1.27"}) +
                            "m = Convolution(p, u) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
                            "auto_pad=explicit : f32[1,1,4,4]\nn = Result(m)";
  check_conversion(beside_convolution({"1,3,4,4", "Multiply(%, p)", "1,3,4,4", other, {"0", "2.55"}}),
                   {"Multiply(Convolution(FQ256(z; 0..5.1 -> 0..255):u8, 2:i8[1,3,1,1]), 0.0002)\n"
                    "Multiply(Multiply(FQ256(x; 0..2.55 -> 0..255):u8, 0.0002), FQ256(z; 0..5.1 -> 0..255):u8)\n"
                    "Multiply(Convolution(FQ256(x; 0..2.55 -> 0..255):u8, 2:i8[1,3,1,1]), 0.0001)",
                    "Convolution(FQ256(z; 0..5.1 -> 0..255), Multiply(Convert(2:i8[1,3,1,1]), 0.0002))\n"
                    "Multiply(Multiply(FQ256(x; 0..2.55 -> 0..255), 0.0002), FQ256(z; 0..5.1 -> 0..255))\n"
                    "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}

TEST_CASE("propagate_multiply: constants and scales that cannot go where they would have to") {
  check_refused(kPass, R"(
    x = Parameter                    : u8[1,1,2,2]
    c = Const value=[1,2,3,4]        : f32[1,4,1,1]
    a = Dequantize(x) scale=.1       : f32[1,1,2,2]
    y = Multiply(a, c)               : f32[1,4,2,2]
    r = Result(y)
  )",
                "its constant enlarges the data", Cause::parameters_enlarge_data);
  check_refused(kPass, before({"u8", "1,1,2,2", "scale=2"}, {"u8", "1,4,2,2", "scale=[1,2,3,4]@1"}),
                "the scale of one input enlarges the other", Cause::parameters_enlarge_data);
}

TEST_CASE("propagate_multiply: a scale that would not be finite leaves the layer alone") {
  check_refused(
      kPass,
      "x = Parameter : u8[1,4,2,2]\na = Dequantize(x) scale=1e30 : f32[1,4,2,2]\nc = Const value=1e30 : f32[]\ny "
      "= Multiply(a, c) : f32[1,4,2,2]\nr = Result(y)\n",
      "its scale would not be finite", Cause::scales_too_far_apart);
  check_refused(kPass, before({"u8", "1,4,2,2", "scale=1e30"}, {"u8", "1,4,2,2", "scale=1e30"}),
                "its scale would not be finite", Cause::scales_too_far_apart);
}
