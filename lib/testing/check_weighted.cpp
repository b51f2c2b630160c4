#include "testing/check_weighted.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "ir/shape.hpp"
#include "testing/check_rewrite.hpp"

namespace lpt {
namespace {

std::string head(const WeightedLayer& l) {
  const std::vector<int> values(*Shape::parse(l.kernel).value().element_count(), 2);
  return fmt::format("x = Parameter : {}[{}]\nw = Const value=[{}] : {}[{}]\n", l.data_type, l.in,
                     fmt::join(values, ","), l.weights_type, l.kernel);
}

std::string before(const WeightedLayer& l) {
  return head(l) + fmt::format(
                       "a = Dequantize(x) {} : f32[{}]\nb = Dequantize(w) {} : f32[{}]\ny = {}(a, b) {} : f32[{}]\nr = "
                       "Result(y)\n",
                       l.activations, l.in, l.weights, l.kernel, l.type, l.attributes, l.out);
}

std::string subtract(std::string_view name, std::string_view data, std::string_view shape, const InFront& zero_point) {
  if (zero_point.values.empty()) return {};
  return fmt::format(
      "\"y/{0}/DequantizationConvert\" = Convert({1}) : f32[{2}]\n\"y/{0}/zero_point\" = Const value={3} : f32[{4}]\n"
      "\"y/{0}/DequantizationSubtract\" = Subtract(\"y/{0}/DequantizationConvert\", \"y/{0}/zero_point\") : f32[{2}]\n",
      name, data, shape, zero_point.values, zero_point.shape);
}

}  // namespace

void check_weighted(const WeightedLayer& l, std::string_view scale, std::string_view scale_shape,
                    const InFront& activations, const InFront& weights) {
  INFO(l.activations << " and " << l.weights);
  constexpr double kLastBits = 2e-6;  // a sum of products is scaled once instead of each of them
  const auto layer = fmt::format(
      "y_original = {}@type_relaxed_opset1({}, {}) type_relax=true input_data_types=[f32,f32] output_data_types=f32 {} "
      ": f32[{}]\n",
      l.type, activations.values.empty() ? "x" : "\"y/activations/DequantizationSubtract\"",
      weights.values.empty() ? "w" : "\"y/weights/DequantizationSubtract\"", l.attributes, l.out);
  const auto behind = fmt::format(
      "\"y/scale\" = Const value={} : f32[{}]\ny = Multiply(y_original, \"y/scale\") : f32[{}]\nr = Result(y)\n", scale,
      scale_shape, l.out);
  check_rewrite(l.pass, before(l),
                head(l) + subtract("activations", "x", l.in, activations) +
                    subtract("weights", "w", l.kernel, weights) + layer + behind,
                1, kLastBits);
}

void check_weighted_refused(const WeightedLayer& l, std::string_view reason, std::optional<Cause> code) {
  INFO(l.activations << " and " << l.weights);
  check_refused(l.pass, before(l), reason, code);
}

std::string branch_inputs(const BranchText& a, const BranchText& b) {
  return fmt::format("x = Parameter : {}[{}]\nz = Parameter : {}[{}]\n", a.type, a.shape, b.type, b.shape);
}

std::string branches_text(std::string_view operation, const BranchText& a, const BranchText& b) {
  auto text = branch_inputs(a, b);
  const auto operand = [&](const char* name, const char* data, const BranchText& branch) {
    if (branch.dequantization.empty()) return data;
    text += fmt::format("{} = Dequantize({}) {} : f32[{}]\n", name, data, branch.dequantization, branch.shape);
    return name;
  };
  const auto* first = operand("a", "x", a);
  const auto* second = operand("b", "z", b);
  return text + fmt::format("y = {}({}, {}) : f32[1,4,2,2]\nr = Result(y)\n", operation, first, second);
}

}  // namespace lpt
