#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "testing/check_weighted.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_mat_mul";

struct Product {
  std::string a_shape, b_shape, out, a, b;
  std::string values;  ///< of b, a constant; empty for a Parameter
  std::string attributes = "transpose_a=false transpose_b=false";
};

std::string head(const Product& p) {
  return fmt::format("x = Parameter : u8[{}]\nw = {} : i8[{}]\n", p.a_shape,
                     p.values.empty() ? "Parameter" : "Const value=" + p.values, p.b_shape);
}
std::string before(const Product& p) {
  return head(p) + fmt::format(
                       "a = Dequantize(x) {} : f32[{}]\nb = Dequantize(w) {} : f32[{}]\ny = MatMul(a, b) {} : "
                       "f32[{}]\nr = Result(y)\n",
                       p.a, p.a_shape, p.b, p.b_shape, p.attributes, p.out);
}
void check(const Product& p, std::string_view scale, std::string_view scale_shape, std::string_view zero_point = {},
           std::string_view zero_point_shape = {}) {
  INFO(p.a << " times " << p.b);
  auto after = head(p) + fmt::format(
                             "y_original = MatMul@type_relaxed_opset1(x, w) type_relax=true input_data_types=[f32,f32] "
                             "output_data_types=f32 {} : f32[{}]\n",
                             p.attributes, p.out);
  std::string data = "y_original";
  if (!zero_point.empty()) {
    after += fmt::format(
        "\"y/zero_point\" = Const value={} : f32[{}]\n\"y/DequantizationSubtract\" = Subtract(y_original, "
        "\"y/zero_point\") : f32[{}]\n",
        zero_point, zero_point_shape, p.out);
    data = "\"y/DequantizationSubtract\"";
  }
  after +=
      fmt::format("\"y/scale\" = Const value={} : f32[{}]\ny = Multiply({}, \"y/scale\") : f32[{}]\nr = Result(y)\n",
                  scale, scale_shape, data, p.out);
  check_rewrite(kPass, before(p), after, 1, 2e-6);
}

/// 0, 1, 2 ... 19.
const std::string kRange = "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]";

}  // namespace

// Rows MM.. of the specification of weighted operations; products of scales are rounded to f32.
TEST_CASE("propagate_mat_mul: both operands bring their scales") {
  check({"1,2,6,4", "1,2,4,6", "1,2,6,6", "scale=.02", "scale=.03", ""}, "0.00059999997", "");
  check({"1,3,6,4", "1,3,4,6", "1,3,6,6", "scale=[.02,.03,.01]@1", "scale=.03", ""},
        "[0.00059999997,0.0009,0.00029999999]", "1,3,1,1");
  check({"1,3,6,4", "1,3,4,6", "1,3,6,6", "scale=[.02,.03,.01]@1", "scale=[.02,.03,.01]@1", ""}, "[4e-4,9e-4,1e-4]",
        "1,3,1,1");
  check({"1,2,3,4", "1,2,4,5", "1,2,3,5", "scale=[.1,.2]@1", "scale=[.3,.4]@1", ""}, "[0.030000001,0.080000006]",
        "1,2,1,1");
  check({"4", "4", "", "scale=.5", "scale=.25", ""}, "0.125", "");
  check({"1,3,4", "4,5", "1,3,5", "scale=.1", "scale=[1,2,3,4,5]@1", kRange}, "[.1,.2,.3,.4,.5]", "1,1,5");
  check({"1,3,4", "4,5", "1,3,5", "scale=[.1,.2,.3]@1", "scale=.1", kRange}, "[0.010000001,0.020000001,0.030000001]",
        "1,3,1");
  check({"1,3,4", "4,5", "1,3,5", "scale=[.1,.1,.1,.1]@2", "scale=.1", kRange}, "0.010000001", "");
}

TEST_CASE("propagate_mat_mul: a zero point of the first operand becomes one of the product") {
  check({"1,3,4", "4,5", "1,3,5", "scale=.01 zero_point=2", "scale=[1,2,3,4,5]@1", kRange},
        "[0.01,0.02,0.03,0.04,0.049999997]", "1,1,5", "[60,68,76,84,92]", "1,1,5");
  check({"1,3,4", "4,5", "1,3,5", "scale=.01 zero_point=[1,2,3]@1", "scale=.1", kRange}, "0.001", "",
        "[30,34,38,42,46,60,68,76,84,92,90,102,114,126,138]", "1,3,5");
  check({"1,3,4", "4,5", "1,3,5", "scale=.01 zero_point=[1,2,3,4]@2", "scale=.1", kRange}, "0.001", "",
        "[100,110,120,130,140]", "1,1,5");
  check({"1,3,4", "5,4", "1,3,5", "scale=.1 zero_point=2", "scale=[1,2,3,4,5]@0", kRange,
         "transpose_a=false transpose_b=true"},
        "[.1,.2,.3,.4,.5]", "1,1,5", "[12,44,76,108,140]", "1,1,5");
  check({"1,4,3", "4,5", "1,3,5", "scale=[.1,.2,.3]@2 zero_point=2", "scale=.1", kRange,
         "transpose_a=true transpose_b=false"},
        "[0.010000001,0.020000001,0.030000001]", "1,3,1", "[60,68,76,84,92]", "1,1,5");
}

TEST_CASE("propagate_mat_mul: what an integer kernel cannot take is refused with a reason") {
  const auto refuse = [](const Product& p, std::string_view reason) { check_refused(kPass, before(p), reason); };
  refuse({"1,2,6,4", "1,2,4,6", "1,2,6,6", "scale=.02 zero_point=127", "scale=.03", ""},
         "input 0 has a zero point, input 1 is no constant");
  refuse({"1,3,4", "2,4,5", "2,3,5", "scale=.1 zero_point=2", "scale=.1",
          "[0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9]"},
         "the zero point of input 0 cannot be told behind the product");
  refuse({"1,3,4", "4,5", "1,3,5", "scale=[.01,.02,.03,.01]@2", "scale=.1", kRange},
         "a scale varies along the axis that is summed over");
  refuse({"1,3,4", "4,5", "1,3,5", "scale=.1", "scale=[1,2,3,4]@0", kRange},
         "a scale varies along the axis that is summed over");
  refuse({"1,3,4", "4,5", "1,3,5", "scale=.1", "scale=.1 zero_point=3", kRange}, "input 1 has the zero point 3");
  const auto refuse_operand = [](std::string_view operand, std::string_view reason, Cause code,
                                 std::string_view shape = "3,4") {
    check_refused(
        kPass,
        fmt::format("x = Parameter : u8[{0}]\nv = Parameter : f32[4,5]\nu = Parameter : i8[4,5]\nc = Convert(x) : "
                    "f32[{0}]\nk = Const value=3 : f32[]\nh = Multiply(v, k) : f32[4,5]\nb = Dequantize(u) scale=.1 : "
                    "f32[4,5]\na = Dequantize(x) scale=.1 : f32[{0}]\ns = Subtract(c, k) : f32[{0}]\ny = MatMul({1}) "
                    "transpose_a=false transpose_b=false : f32[{2}]\nr = Result(y)\n",
                    shape, operand, shape == "3,4" ? "3,5" : "..."),
        reason, code);
  };
  refuse_operand("a, h", "input 1 is of type f32", Cause::input_of_other_type);
  refuse_operand("s, b", "input 0 has no scale", Cause::input_without_scale);
  refuse_operand("a, b", "the rank of its inputs is not known", Cause::rank_unknown, "...");
  check_refused(kPass, R"(
    x = Parameter               : u8[3,4]
    w = Parameter               : f32[4,5]
    a = Dequantize(x) scale=.1  : f32[3,4]
    y = MatMul(a, w) transpose_a=false transpose_b=false : f32[3,5]
    r = Result(y)
  )",
                "input 1 is not quantized");
}

TEST_CASE("propagate_mat_mul: a zero point that is all but 0 is none") {
  check({"1,3,4", "4,5", "1,3,5", "scale=.1", "scale=.1 zero_point=1e-7", kRange}, "0.010000001", "");
}

namespace {

/// A MatMul of `a` and `b`, which the lines declare.
std::string multiplied(const std::string& lines, std::string_view out, bool transpose_b = false) {
  return lines +
         fmt::format("y = MatMul(a, b) transpose_a=false transpose_b={} : f32[{}]\nr = Result(y)\n", transpose_b, out);
}
std::string bytes(std::string_view shape, std::string_view dequantization) {
  return dequantized("a", fmt::format("x = Parameter : u8[{}]", shape), dequantization);
}
/// Weights of 1, which FakeQuantize stores as -126 of 0.1.
const std::string kOnes = fake_quantized("b", filled("w", "1", "f32", "4,4"), 255, {"0", "254"}, {"-12.7", "12.7"});
/// Weights of .5, which FakeQuantize stores as 50 of 0.01.
const std::string kHalves = fake_quantized("b", filled("w", ".5", "f32", "4,3"), 255, {"-1.27", "1.27"});
const std::string kCounted = "w = Const value=" + kRange + " : i8[4,5]";

}  // namespace

// Rows MM02 to MM05: two activations.
TEST_CASE("MatMul: of two activations the first may have no zero point, and both are integers") {
  const auto a = bytes("2,4", "scale=.02 zero_point=127");
  const auto b = dequantized("b", "z = Parameter : i8[4,3]", "scale=.03");
  check_conversion(multiplied(a + b, "2,3"),
                   {"MatMul(Multiply(Subtract(x, 127), 0.02), Multiply(z, 0.03))", "unchanged"});
  const std::string real_b = "z = Parameter : f32[4,3]\ns = Const value=.03 : f32[]\nb = Multiply(z, s) : f32[4,3]\n";
  check_conversion(multiplied(a + real_b, "2,3"),
                   {"MatMul(Multiply(Subtract(x, 127), 0.02), Multiply(z, 0.03))", "unchanged"});
  const std::string real_a = "x = Parameter : f32[2,4]\nt = Const value=.02 : f32[]\na = Multiply(x, t) : f32[2,4]\n";
  check_conversion(multiplied(real_a + b, "2,3"), {"MatMul(Multiply(x, 0.02), Multiply(z, 0.03))", "unchanged"});
  check_conversion(multiplied(real_a + real_b, "2,3"), {"MatMul(Multiply(x, 0.02), Multiply(z, 0.03))", "unchanged"});
}

// Rows MM30 to MM33.
TEST_CASE("MatMul: two activations under FakeQuantize") {
  const auto both = [](RangeText a, RangeText b) {
    return multiplied(fake_quantized("a", "x = Parameter : f32[2,4]", 256, a) +
                          fake_quantized("b", "z = Parameter : f32[4,3]", 256, b),
                      "2,3");
  };
  check_conversion(both({"0", "2.55"}, {"0", "2.55"}),
                   {"MatMul(FQ256(x; 0..2.55 -> 0..2.55), FQ256(z; 0..2.55 -> 0..2.55))", "unchanged"});
  check_conversion(both({"-1", "1.55"}, {"-1.28", "1.27"}),
                   {"MatMul(FQ256(x; -1..1.55 -> -1..1.55), FQ256(z; -1.28..1.27 -> -1.28..1.27))", "unchanged"});
  check_conversion(
      both({"-1.28", "1.27"}, {"-1.28", "1.27"}),
      {"Multiply(MatMul(FQ256(x; -1.28..1.27 -> -128..127):i8, FQ256(z; -1.28..1.27 -> -128..127):i8), "
       "0.0001)",
       "Multiply(MatMul(FQ256(x; -1.28..1.27 -> -128..127), FQ256(z; -1.28..1.27 -> -128..127)), 0.0001)"});
  check_conversion(multiplied(bytes("1,2,3,4", "scale=[.1,.2]@1") +
                                  dequantized("b", "z = Parameter : i8[1,2,4,5]", "scale=[.3,.4]@1"),
                              "1,2,3,5"),
                   {"Multiply(MatMul(x, z), [0.03,0.08][1,2,1,1])", "unchanged"});
}

// Rows MM09 to MM13, MM28, MM29.
TEST_CASE("MatMul: weights under FakeQuantize") {
  check_conversion(
      multiplied(bytes("1,3,4", "scale=.02") + kOnes, "1,3,4"),
      {"Multiply(MatMul(x, -126:i8[4,4]), 0.002)",
       "MatMul(Multiply(Convert(x), 0.02), Multiply(FQ256(Convert(-126:i8[4,4]); -128..127 -> -128..127), 0.1))"});
  check_conversion(multiplied(bytes("1,3,4", "scale=[.01,.02,.03]@1") + kOnes, "1,3,4"),
                   {"Multiply(MatMul(x, -126:i8[4,4]), [0.001,0.002,0.003][1,3,1])",
                    "MatMul(Multiply(Convert(x), [0.01,0.02,0.03][1,3,1]), Multiply(FQ256(Convert(-126:i8[4,4]); "
                    "-128..127 -> -128..127), 0.1))"});
  check_conversion(multiplied(bytes("1,3,4", "scale=.01 zero_point=128") + kOnes, "1,3,4"),
                   {"Multiply(Subtract(MatMul(x, -126:i8[4,4]), -64512), 0.001)",
                    "MatMul(Multiply(Subtract(Convert(x), 128), 0.01), Multiply(FQ256(Convert(-126:i8[4,4]); -128..127 "
                    "-> -128..127), 0.1))"});
  check_conversion(multiplied(bytes("1,3,4", "scale=.02") +
                                  fake_quantized("b", filled("w", "1", "f32", "4,4"), 255, {"0", "254"},
                                                 {"[-127,-12.7,-1.27,-.127]", "[127,12.7,1.27,.127]", "1,4"}),
                              "1,3,4"),
                   {"Multiply(MatMul(x, -126:i8[4,4]), [0.02,0.002,0.0002,2e-05][1,1,4])",
                    "MatMul(Multiply(Convert(x), 0.02), Multiply(FQ256(Convert(-126:i8[4,4]); -128..127 -> -128..127), "
                    "[1,0.1,0.01,0.001][1,4]))"});
  check_conversion(multiplied(fake_quantized("a", "x = Parameter : f32[2,4]", 256, {"-1", "1.55"}) + kHalves, "2,3"),
                   {"Multiply(Subtract(MatMul(FQ256(x; -1..1.55 -> 0..255):u8, 50:i8[4,3]), 20000), 0.0001)",
                    "Add(MatMul(FQ256(x; -1..1.55 -> 0..255), Multiply(Convert(50:i8[4,3]), 0.0001)), -2[3])"});
  const auto columns = [](std::string_view shape, std::string_view range_shape) {
    return bytes("2,4", "scale=.1 zero_point=3") +
           fake_quantized("b", filled("w", ".5", "f32", shape), 255, {"-1.27", "1.27"},
                          {"[-1.27,-2.54,-3.81]", "[1.27,2.54,3.81]", range_shape});
  };
  check_conversion(multiplied(columns("4,3", "1,3"), "2,3"),
                   {"Multiply(Subtract(MatMul(x, 50:i8[4,3]), 600), [0.001,0.002,0.003][1,3])",
                    "MatMul(Multiply(Subtract(Convert(x), 3), 0.1), Multiply(FQ256(Convert(50:i8[4,3]); -128..127 -> "
                    "-128..127), [0.01,0.02,0.03][1,3]))"});
  check_conversion(multiplied(columns("3,4", "3,1"), "2,3", true),
                   {"Multiply(Subtract(MatMul(x, 50:i8[3,4]), 600), [0.001,0.002,0.003][1,3])",
                    "MatMul(Multiply(Subtract(Convert(x), 3), 0.1), Multiply(FQ256(Convert(50:i8[3,4]); -128..127 -> "
                    "-128..127), [0.01,0.02,0.03][3,1]))"});
}

// Rows MM10, MM26, MM27, MM37, MM38.
TEST_CASE("MatMul: stored weights") {
  const auto data = bytes("1,3,4", "scale=.1");
  check_conversion(multiplied(data + dequantized("b", filled("w", "1", "i8", "4,4"), "scale=.1"), "1,3,4"),
                   {"Multiply(MatMul(x, 1:i8[4,4]), 0.01)", "unchanged"});
  check_conversion(multiplied(data + dequantized("b", filled("w", "1", "i8", "4,4"), "scale=.1 zero_point=3"), "1,3,4"),
                   {"MatMul(Multiply(x, 0.1), Multiply(Subtract(Convert(1:i8[4,4]), 3), 0.1))", "unchanged"});
  constexpr double kRoundedZeroPoint = 0.1;
  check_conversion(
      multiplied(data + dequantized("b", filled("w", "5", "i8", "4,4"), "scale=.1 zero_point=.4"), "1,3,4"),
      {"Multiply(MatMul(x, 5:i8[4,4]), 0.01)", "unchanged", "cpu", kRoundedZeroPoint});
  check_conversion(multiplied(bytes("1,3,4", "scale=.02") + filled("w", "1", "i8", "4,4") +
                                  "\nh = Const value=.1 : f16[]\ns = Convert(h) : f32[]\nc = Convert(w) : f32[4,4]\nb "
                                  "= Multiply(c, s) : f32[4,4]\n",
                              "1,3,4"),
                   {"Multiply(MatMul(x, 1:i8[4,4]), 0.00199951)", "unchanged"});
  check_conversion(multiplied(dequantized("a", filled("w", "1", "i8", "3,4"), "scale=.1") +
                                  dequantized("b", "x = Parameter : u8[1,4,5]", "scale=.1"),
                              "1,3,5"),
                   {"Multiply(MatMul(1:i8[3,4], x), 0.01)", "unchanged"});
}

// Rows MM34 to MM36. Kernels take a bias in real units; a range for each column is put back where it was.
TEST_CASE("MatMul: what stands around") {
  check_conversion(
      bytes("1,3,4", "scale=.1 zero_point=2") + dequantized("b", kCounted, "scale=.1") +
          "m = MatMul(a, b) transpose_a=false transpose_b=false : f32[1,3,5]\nc = Const "
          "value=[1,2,3,4,5] : f32[1,1,5]\ny = Add(m, c) : f32[1,3,5]\nr = Result(y)\n",
      {"Add(Multiply(Subtract(MatMul(x, " + kRange + ":i8[4,5]), [60,68,76,84,92][1,1,5]), 0.01), [1,2,3,4,5][1,1,5])",
       "unchanged"});
  check_conversion(
      multiplied(fake_quantized("a", "x = Parameter : f32[1,2,4]", 256, {"[0,0]", "[2.55,5.1]", "1,2,1"}) + kHalves,
                 "1,2,3"),
      {"Multiply(MatMul(FQ256(x; 0..[2.55,5.1] -> 0..255):u8, 50:i8[4,3]), [0.0001,0.0002][1,2,1])",
       "MatMul(FQ256(x; 0..[2.55,5.1] -> 0..[2.55,5.1]), Multiply(Convert(50:i8[4,3]), 0.01))"});
  check_conversion(
      multiplied(fake_quantized("a", "x = Parameter : f32[1,2,4]", 256, {"[0,0,0,0]", "[2.55,5.1,2.55,5.1]", "1,1,4"}) +
                     kHalves,
                 "1,2,3"),
      {"MatMul(FQ256(x; 0..[2.55,5.1,2.55,5.1] -> 0..[2.55,5.1,2.55,5.1]), Multiply(Convert(50:i8[4,3]), 0.01))",
       "MatMul(FQ256(x; 0..[2.55,5.1,2.55,5.1] -> 0..[2.55,5.1,2.55,5.1]), Multiply(FQ256(Convert(50:i8[4,3]); "
       "-128..127 -> -128..127), 0.01))"});
}
