#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "testing/check_weighted.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_add";
using Branch = BranchText;

std::string before(const Branch& a, const Branch& b) { return branches_text("Add", a, b); }

constexpr auto kImage = "1,4,2,2";

/// full  the input that becomes real
void check(const Branch& a, const Branch& b, int full, std::string_view scale, std::string_view zero_point,
           std::string_view behind) {
  INFO(a.dequantization << " and " << b.dequantization);
  const Branch& branch = full == 0 ? a : b;
  const std::string data = full == 0 ? "x" : "z";
  const auto shape_of = [](std::string_view values) { return values.front() == '[' ? "1,4,1,1" : ""; };
  auto text = branch_inputs(a, b);
  std::string value = data;
  if (branch.type != "f32") {
    text += fmt::format("\"y/input/DequantizationConvert\" = Convert({}) : f32[{}]\n", data, branch.shape);
    value = "\"y/input/DequantizationConvert\"";
  }
  if (!zero_point.empty()) {
    text += fmt::format(
        "\"y/input/zero_point\" = Const value={} : f32[{}]\n\"y/input/DequantizationSubtract\" = Subtract({}, "
        "\"y/input/zero_point\") : f32[{}]\n",
        zero_point, shape_of(zero_point), value, branch.shape);
    value = "\"y/input/DequantizationSubtract\"";
  }
  text += fmt::format(
      "\"y/input/scale\" = Const value={} : f32[{}]\n\"y/input/DequantizationMultiply\" = Multiply({}, "
      "\"y/input/scale\") : f32[{}]\n",
      scale, shape_of(scale), value, branch.shape);
  const std::string full_value = "\"y/input/DequantizationMultiply\"";
  text += fmt::format(
      "y_original = Add@type_relaxed_opset1({}, {}) type_relax=true input_data_types=[f32,f32] output_data_types=f32 : "
      "f32[1,4,2,2]\n"
      "\"y/scale\" = Const value={} : f32[{}]\ny = Multiply(y_original, \"y/scale\") : f32[1,4,2,2]\nr = Result(y)\n",
      full == 0 ? full_value : "x", full == 0 ? "z" : full_value, behind, shape_of(behind));
  check_rewrite(kPass, before(a, b), text, 1, 1e-6);
}

}  // namespace

// Rows AD.. of the specification: s1' = s1/s2, z1' = z1 + s2*z2/s1.
TEST_CASE("propagate_add: one input is taken as it is, the other takes both dequantizations") {
  const Branch seven{"u8", kImage, "scale=10 zero_point=7"}, three{"u8", kImage, "scale=5 zero_point=3"};
  check(seven, three, 0, "2", "8.5", "5");
  check({"u8", kImage, "scale=10 zero_point=2"}, {"u8", kImage, "scale=5"}, 0, "2", "2", "5");
  check({"u8", kImage, "scale=10"}, {"u8", kImage, "scale=5"}, 0, "2", "", "5");
  check({"u8", kImage, "scale=1 zero_point=2"}, {"u8", kImage, "scale=5"}, 0, "0.2", "2", "5");
  check({"u8", kImage, "scale=1 zero_point=2"}, {"u8", kImage, "scale=5 zero_point=3"}, 0, "0.2", "17", "5");
}

TEST_CASE("propagate_add: the smaller input is the one that becomes real") {
  check({"i8", "1,4,1,1", "scale=10 zero_point=7"}, {"i8", kImage, "scale=5 zero_point=3"}, 0, "2", "8.5", "5");
  check({"u8", kImage, "scale=10 zero_point=7"}, {"u8", "1,4,1,1", "scale=5 zero_point=3"}, 1, "0.5", "17", "10");
}

TEST_CASE("propagate_add: real data takes the dequantization of the integers beside it") {
  check({"f32", kImage, ""}, {"u8", kImage, "scale=4 zero_point=127"}, 0, "0.25", "508", "4");
  check({"u8", kImage, "scale=4 zero_point=127"}, {"f32", kImage, ""}, 1, "0.25", "508", "4");
}

TEST_CASE("propagate_add: per-channel parameters meet channel by channel") {
  check({"u8", kImage, "scale=[1,2,4,8]@1 zero_point=[1,2,3,4]@1"},
        {"u8", kImage, "scale=[2,2,2,2]@1 zero_point=[4,3,2,1]@1"}, 0, "[0.5,1,2,4]", "[9,5,4,4.25]", "[2,2,2,2]");
}

TEST_CASE("propagate_add: a constant joins the zero point") {
  const auto with = [](const char* dq, const char* constant) {
    return fmt::format(
        "x = Parameter : u8[1,4,2,2]\nc = {}\na = Dequantize(x) {} : f32[1,4,2,2]\ny = Add(a, c) : f32[1,4,2,2]\nr = "
        "Result(y)\n",
        constant, dq);
  };
  const auto without = [](const char* dq) {
    return fmt::format("x = Parameter : u8[1,4,2,2]\ny = Dequantize(x) {} : f32[1,4,2,2]\nr = Result(y)\n", dq);
  };
  check_rewrite(kPass, with("scale=10 zero_point=7", "Const value=[10,20,30,40] : f32[1,4,1,1]"),
                without("scale=10 zero_point=[6,5,4,3]@1"), 1, 1e-6);
  check_rewrite(kPass, with("scale=5", "Const value=10 : f32[]"), without("scale=5 zero_point=-2"), 1, 1e-6);
}

TEST_CASE("propagate_add: scales that cannot be divided by are refused") {
  check_refused(kPass, before({"u8", kImage, "scale=[1,0,2,3]@1"}, {"u8", kImage, "scale=1"}),
                "a scale of its inputs is 0");
  check_refused(kPass, before({"u8", kImage, "scale=[1,1e-33,2,3]@1"}, {"f32", kImage, ""}),
                "a scale of its inputs is 0");
  check_refused(kPass, before({"u8", kImage, "scale=3.4e38 zero_point=1"}, {"u8", kImage, "scale=.009"}),
                "the scales of its inputs are too far apart");
  check_refused(kPass, before({"u8", kImage, "scale=.009"}, {"u8", kImage, "scale=2 zero_point=3.4e38"}),
                "the scales of its inputs are too far apart");
}

TEST_CASE("propagate_add: two real inputs are none of its business") {
  check_no_match(kPass, before({"f32", kImage, ""}, {"f32", kImage, ""}));
}

namespace {

std::string added(const std::string& lines, std::string_view type = "f32") {
  return lines + fmt::format("y = Add(a, b) : {}[1,4,2,2]\nr = Result(y)\n", type);
}
std::string quantized(std::string_view name, std::string_view data, RangeText in, RangeText out) {
  return fake_quantized(name, fmt::format("{} = Parameter : f32[1,4,2,2]", data), 256, in, out);
}
std::string quantized(std::string_view name, std::string_view data, RangeText range) {
  return quantized(name, data, range, range);
}
std::string bytes(std::string_view name, std::string_view data, std::string_view dequantization) {
  return dequantized(name, fmt::format("{} = Parameter : u8[1,4,2,2]", data), dequantization);
}
/// `c` is a Convolution of real data `d`, `e` that and a bias.
std::string convolved(std::string_view shape = "1,4,2,2") {
  return fmt::format(
      "d = Parameter : f32[{0}]\n{1}\nc = Convolution(d, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] "
      "pads_end=[0,0] auto_pad=explicit : f32[{0}]\n{2}\ne = Add(c, bias) : f32[{0}]",
      shape, filled("w", "60", "f32", "4,4,1,1"), filled("bias", "2", "f32", "1,4,1,1"));
}
constexpr auto kConvolved = "Add(Convolution(d, 60[4,4,1,1]), 2[1,4,1,1])";

}  // namespace

// Rows AD12, AD13, AD27 to AD30, AD35, through the whole pipeline: the FakeQuantize of the full branch takes both
// dequantizations.
TEST_CASE("Add: which of two quantized inputs becomes real") {
  const RangeText both_in{"0", "255"}, seven{"-70", "2480"}, three{"-15", "1260"};
  const auto beside = fake_quantized("b", convolved(), 256, both_in, three);
  check_conversion(
      added(quantized("a", "x", both_in, seven) + beside),
      {fmt::format("Multiply(Add(FQ256(x; 0..255 -> 0..255):u8, FQ256({}; 0..255 -> -8.5..119)), 10)", kConvolved),
       "unchanged"});
  check_conversion(
      added(quantized("a", "x", both_in, seven) + beside) + "z = Sqrt(e) : f32[1,4,2,2]\ns = Result(z)\n",
      {fmt::format("Multiply(Add(FQ256(x; 0..255 -> -17..493), FQ256({0}; 0..255 -> 0..255):u8), 5)\nSqrt({0})",
                   kConvolved),
       "unchanged"});
  const auto a = quantized("a", "x", {"0", "2.55"}), b = quantized("b", "z", {"0", "5.1"});
  check_conversion(added(a + b),
                   {"Multiply(Add(FQ256(x; 0..2.55 -> 0..127.5), FQ256(z; 0..5.1 -> 0..255):u8), 0.02)", "unchanged"});
  check_conversion(added(a + b) + "t = Sqrt(a) : f32[1,4,2,2]\ns = Result(t)\n",
                   {"Multiply(Add(FQ256(x; 0..2.55 -> 0..255):u8, FQ256(z; 0..5.1 -> 0..510)), 0.01)\n"
                    "Sqrt(Multiply(FQ256(x; 0..2.55 -> 0..255):u8, 0.01))",
                    "unchanged"});
  check_conversion(
      added(fake_quantized("a", "x = Parameter : f32[1,4,2,2]\nt = Abs(x) : f32[1,4,2,2]", 256, {"0", "2.55"}) + b),
      {"Multiply(Add(FQ256(Abs(x); 0..2.55 -> 0..127.5), FQ256(z; 0..5.1 -> 0..255):u8), 0.02)", "unchanged"});
  check_conversion(added(bytes("a", "x", "scale=.02") + quantized("b", "z", {"0", "2.55"})),
                   {"Multiply(Add(x, FQ256(z; 0..2.55 -> 0..127.5)), 0.02)", "unchanged"});
  check_conversion(added(quantized("a", "z", {"0", "2.55"}) + bytes("b", "x", "scale=.02")),
                   {"Multiply(Add(FQ256(z; 0..2.55 -> 0..127.5), x), 0.02)", "unchanged"});
}

// Rows AD16, AD17.
TEST_CASE("Add: half-precision data beside integers") {
  const std::string lines =
      "a = Parameter : f16[1,4,2,2]\nx = Parameter : u8[1,4,2,2]\ng = Convert(x) : "
      "f16[1,4,2,2]\ns = Const value=4 : f16[]\n";
  constexpr double kHalf = 2e-3;
  check_conversion(
      added(lines + "z = Const value=127 : f16[]\nh = Subtract(g, z) : f16[1,4,2,2]\nb = Multiply(h, s) : "
                    "f16[1,4,2,2]\n",
            "f16"),
      {"Convert(Multiply(Add(Multiply(Subtract(Convert(a), 508), 0.25), x), 4)):f16", "rewritten", "cpu", kHalf});
  check_conversion(added(lines + "b = Multiply(g, s) : f16[1,4,2,2]\n", "f16"),
                   {"Convert(Multiply(Add(Multiply(Convert(a), 0.25), x), 4)):f16", "rewritten", "cpu", kHalf});
}

// Rows AD19 to AD25.
TEST_CASE("Add: constants, quantized or not, join the zero point") {
  const auto constant = [](std::string_view name, std::string_view dequantization) {
    return dequantized(name, fmt::format("{}_v = Const value=10 : u8[]", name), dequantization);
  };
  check_conversion(added(constant("a", "scale=10 zero_point=7") + bytes("b", "x", "scale=5 zero_point=3")),
                   {"Multiply(Subtract(Convert(x), -3), 5)", "Multiply(Subtract(Convert(x), -3), 5)"});
  check_conversion(added(bytes("a", "x", "scale=10 zero_point=7") + constant("b", "scale=5 zero_point=3")),
                   {"Multiply(Subtract(x, 3.5), 10)", "Multiply(Subtract(Convert(x), 3.5), 10)"});
  const std::string four = "Const value=[10,20,30,40] : f32[1,4,1,1]\n", ten = "Const value=10 : f32[]\n";
  check_conversion(
      added(bytes("a", "x", "scale=10 zero_point=7") + "b = " + four),
      {"Multiply(Subtract(x, [6,5,4,3][1,4,1,1]), 10)", "Multiply(Subtract(Convert(x), [6,5,4,3][1,4,1,1]), 10)"});
  check_conversion(added("a = " + ten + bytes("b", "x", "scale=5")),
                   {"Multiply(Subtract(Convert(x), -2), 5)", "Multiply(Subtract(Convert(x), -2), 5)"});
  const std::string all = "Const value=[10,5,2,4,3,12,8,14] : f32[1,2,2,2]\n";
  const auto small = [](std::string_view name) { return dequantized(name, "x = Parameter : i8[1,2,2,2]", "scale=5"); };
  const std::string tail = "y = Add(a, b) : f32[1,2,2,2]\nr = Result(y)\n",
                    zero_point = "[-2,-1,-0.4,-0.8,-0.6,-2.4,-1.6,-2.8][1,2,2,2]";
  const Expectation expected{"Multiply(Subtract(x, " + zero_point + "), 5)",
                             "Multiply(Subtract(Convert(x), " + zero_point + "), 5)"};
  check_conversion(small("a") + "b = " + all + tail, expected);
  check_conversion("a = " + all + small("b") + tail, expected);
  check_conversion(
      added("x = Parameter : u8[1,4,2,2]\nzi = Const value=7 : u8[]\nz = Convert(zi) : f32[]\ns = Const value=10 : "
            "f32[]\nc = Convert(x) : f32[1,4,2,2]\nd = Subtract(c, z) : f32[1,4,2,2]\na = Multiply(d, s) : "
            "f32[1,4,2,2]\nb = " +
            ten),
      {"Multiply(Subtract(Subtract(Convert(x), 7), -1), 10)",
       "Multiply(Subtract(Subtract(Convert(x), Convert(7:u8)), -1), 10)"});
}

// Rows AD31 to AD34. A bias stays in real units.
TEST_CASE("Add: a FakeQuantize behind takes the scale") {
  const auto requantized = [](const std::string& lines, std::string_view above, std::string_view high) {
    return lines + fake_quantized("q", std::string(above), 256, {"0", high}) + "r = Result(q)\n";
  };
  const auto a = quantized("a", "x", {"0", "2.55"});
  constexpr auto kSum = "y = Add(a, b) : f32[1,4,2,2]";
  check_conversion(requantized(a + "b = Parameter : f32[1,4,2,2]\n", kSum, "7.65"),
                   {"FQ256(Add(FQ256(x; 0..2.55 -> 0..255):u8, Multiply(b, 100)); 0..765 -> 0..7.65)", "unchanged"});
  check_conversion(
      requantized(a + "b = Const value=[1,2,3,4] : f32[1,4,1,1]\n", kSum, "5"),
      {"FQ256(FQ256(x; 0..2.55 -> 0..255):u8; [-100,-200,-300,-400]..[400,300,200,100] -> 0..5)", "unchanged"});
  const auto branches = convolved() + "\nb = Add(e, a) : f32[1,4,2,2]\n";
  check_conversion(
      requantized(a + branches, "y = ReLU(b) : f32[1,4,2,2]", "5.1"),
      {fmt::format("FQ256(ReLU(Add(Multiply({}, 100), FQ256(x; 0..2.55 -> 0..255):u8)); 0..510 -> 0..5.1)", kConvolved),
       fmt::format("FQ256(Add({}, FQ256(x; 0..2.55 -> 0..2.55)); 0..5.1 -> 0..5.1)", kConvolved)});
  check_conversion(
      requantized(quantized("a", "x", {"0", "5.1"}) + fake_quantized("b", convolved(), 256, {"0", "3"}), kSum, "7.65"),
      {fmt::format("FQ256(Add(FQ256(x; 0..5.1 -> 0..255):u8, FQ256({}; 0..3 -> 0..150)); 0..382.5 -> "
                   "0..7.65)",
                   kConvolved),
       "unchanged"});
}

// Rows AD22, AD36 to AD38.
TEST_CASE("Add: scales along other axes than the channels, and data of its own") {
  const auto rows = dequantized("a", "x = Parameter : u8[4,1]", "scale=[1,2,3,4]@0");
  check_conversion(rows + "b = Parameter : f32[4,1]\ny = Add(a, b) : f32[4,1]\nr = Result(y)\n",
                   {"Add(Multiply(x, [1,2,3,4][4,1]), b)", "unchanged"});
  const std::string heights =
      "z = Parameter : u8[1,4,4,1]\nk = Const value=[1,2,3,4] : f32[1,1,4,1]\nl = Convert(z) : "
      "f32[1,4,4,1]\n{} = Multiply(l, k) : f32[1,4,4,1]\n";
  const auto with = [&](std::string_view plain, std::string_view name) {
    return dequantized(plain, "x = Parameter : u8[1,4,4,1]", "scale=.1") + fmt::format(fmt::runtime(heights), name) +
           "y = Add(a, b) : f32[1,4,4,1]\nr = Result(y)\n";
  };
  check_conversion(with("a", "b"), {"Multiply(Add(Multiply(x, [0.1,0.05,0.0333333,0.025][1,1,4,1]), z), "
                                    "[1,2,3,4][1,1,4,1])",
                                    "unchanged"});
  check_conversion(with("b", "a"), {"Add(Multiply(z, [1,2,3,4][1,1,4,1]), Multiply(x, 0.1))", "unchanged"});
  check_conversion(bytes("a", "x", "scale=.1 zero_point=3") + "y = Add(a, a) : f32[1,4,2,2]\nr = Result(y)\n",
                   {"Multiply(Add(Multiply(Subtract(x, 6), 1), x), 0.1)", "unchanged"});
  check_conversion(
      "m = Parameter : f32[1,4,2,2]\nn = Parameter : f32[1,4,2,2]\np = Multiply(m, n) : f32[1,4,2,2]\nz = Const "
      "value=7 "
      ": f32[]\ns = Const value=10 : f32[]\nd = Subtract(p, z) : f32[1,4,2,2]\na = Multiply(d, s) : f32[1,4,2,2]\nb = "
      "Multiply(m, n) : f32[1,4,2,2]\ny = Add(a, b) : f32[1,4,2,2]\nr = Result(y)\n",
      {"Add(Multiply(Subtract(Multiply(m, n), 7), 10), Multiply(m, n))", "unchanged"});
}

TEST_CASE("Add: on a real edge no scale for each channel goes behind a MatMul") {
  std::string text = fake_quantized("b1", "z1 = Parameter : f32[1,2,2,2]", 256, {"0", "2.55"}) +
                     fake_quantized("b2", "z2 = Parameter : f32[1,2,2,2]", 256, {"0", "5.1"}) +
                     "b = Concat(b1, b2) axis=1 : f32[1,4,2,2]\n";
  text += fake_quantized("a",
                         "x = Parameter : f32[1,4,2,2]\nm = MatMul(x, x) transpose_a=false transpose_b=false : "
                         "f32[1,4,2,2]",
                         256, {"0", "2.55"});
  text = added(text);
  text += fake_quantized("w", filled("v", ".02", "f32", "4,1,1,1,1"), 255, {"-1.27", "1.27"});
  text +=
      "g = GroupConvolution(b, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[1,4,2,2]\ns = Result(g)\n";
  CHECK(Converted(text, Dialect::openvino).refusal("propagate_add") == fact_text("channel_parameters_behind_mat_mul"));
}

// Law: s*(x - z) + c == s*(x - (z - c/s)), with c/s = 100, and s1*x1 + s2*x2 == s2*(s1/s2*x1 + x2). An Add hands no
// wish for a type up, and what is no integer on a real edge goes no further.
TEST_CASE("Add: beside Convolutions the steps pass on real edges as well, but not on the way to one") {
  check_conversion(
      before_convolution({"1,3,4,4", "Add(%, c)", "1,3,4,4", "c = Const value=1 : f32[]"}),
      {"Multiply(Convolution(Subtract(FQ256(x; -1.28..1.27 -> -128..127):i8, -100:i8[1,3,1,1]), "
       "2:i8[1,3,1,1]), 0.0001)",
       "Convolution(Add(FQ256(x; -1.28..1.27 -> -1.28..1.27), 1), Multiply(Convert(2:i8[1,3,1,1]), 0.01))"});
  const std::string other = fake_quantized("p", "z = Parameter : f32[1,3,4,4]", 256, {"0", "5.1"}) +
                            fake_quantized("u", filled("o", ".02", "f32", "1,3,1,1"), 255, {"-1.27", "1.27"}) +
                            "m = Convolution(p, u) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
                            "auto_pad=explicit : f32[1,1,4,4]\nn = Result(m)";
  check_conversion(
      beside_convolution({"1,3,4,4", "Add(%, p)", "1,3,4,4", other, {"0", "2.55"}}),
      {"Multiply(Convolution(FQ256(z; 0..5.1 -> 0..255):u8, 2:i8[1,3,1,1]), 0.0002)\n"
       "Multiply(Add(Multiply(FQ256(x; 0..2.55 -> 0..255):u8, 0.5), FQ256(z; 0..5.1 -> 0..255):u8), 0.02)\n"
       "Multiply(Convolution(FQ256(x; 0..2.55 -> 0..255):u8, 2:i8[1,3,1,1]), 0.0001)",
       "Convolution(FQ256(z; 0..5.1 -> 0..255), Multiply(Convert(2:i8[1,3,1,1]), 0.0002))\n"
       "Multiply(Add(Multiply(FQ256(x; 0..2.55 -> 0..255), 0.5), FQ256(z; 0..5.1 -> 0..255)), 0.02)\n"
       "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}

TEST_CASE("propagate_add: constants and scales that cannot go where they would have to") {
  const auto with_constant = [](std::string_view a, std::string_view constant, std::string_view shape = "1,4,2,2") {
    return fmt::format(
        "x = Parameter : u8[{0}]\n{1} : f32[{0}]\nc = Const value={2}\ny = Add(a, c) : f32[1,4,2,2]\nr = Result(y)\n",
        shape, a, constant);
  };
  check_refused(
      kPass, with_constant("z = Const value=3 : f32[]\nk = Convert(x) : f32[1,4,2,2]\na = Subtract(k, z)", "1 : f32[]"),
      "its input has no scale", Cause::input_without_scale);
  check_refused(kPass, with_constant("a = Dequantize(x) scale=0", "1 : f32[]"), "a scale of its input is 0",
                Cause::scale_zero);
  check_refused(kPass, with_constant("a = Dequantize(x) scale=1e-30", "1e30 : f32[]"),
                "its constant is too large for the scale of its input", Cause::scales_too_far_apart);
  check_refused(kPass, with_constant("a = Dequantize(x) scale=.1", "[1,2,3,4] : f32[1,4,1,1]", "1,1,2,2"),
                "its constant enlarges the data", Cause::parameters_enlarge_data);
  check_refused(kPass, before({"u8", "1,1,2,2", "scale=2"}, {"u8", kImage, "scale=[1,2,3,4]@1"}),
                "the scale of one input enlarges the other", Cause::parameters_enlarge_data);
  const auto unknown = [](std::string_view x, std::string_view z, std::string_view out) {
    return fmt::format(
        "x = Parameter : u8[{0}]\nz = Parameter : u8[{1}]\na = Dequantize(x) scale=[1,2,3,4]@1 : f32[{0}]\nb = "
        "Dequantize(z) scale=1 : f32[{1}]\ny = Add(a, b) : f32[{2}]\nr = Result(y)\n",
        x, z, out);
  };
  check_refused(kPass, unknown("1,?,2,2", "1,?,1,1", "1,?,2,2"), "a scale of its inputs enlarges the data");
  const auto rank = [](std::string_view out) {
    return fmt::format(
        "x = Parameter : u8[...]\nz = Parameter : u8[1,4,2,2]\na = Dequantize(x) scale=1 : f32[...]\nb = Dequantize(z) "
        "scale=1 : f32[1,4,2,2]\ny = Add(a, b) : f32[{}]\nr = Result(y)\n",
        out);
  };
  check_refused(kPass, rank("?,?,?,?"), "the rank of an input is not known", Cause::rank_unknown);
  check_refused(kPass, rank("..."), "the rank of its output is not known");
}
