#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"
#include "passes/check_weighted.hpp"

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
  refuse({"1,3,4", "4,5", "1,3,5", "scale=[.01,.02,.03,.01]@2", "scale=.1", kRange},
         "a scale varies along the axis that is summed over");
  refuse({"1,3,4", "4,5", "1,3,5", "scale=.1", "scale=[1,2,3,4]@0", kRange},
         "a scale varies along the axis that is summed over");
  refuse({"1,3,4", "4,5", "1,3,5", "scale=.1", "scale=.1 zero_point=3", kRange}, "input 1 has the zero point 3");
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
