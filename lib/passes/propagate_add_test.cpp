#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"
#include "passes/check_weighted.hpp"

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
