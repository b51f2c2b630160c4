#include "passes/weights.hpp"

#include "ops/operation.hpp"
#include "quant/dequantization.hpp"
#include "quant/weights_source.hpp"
#include "tensor/rounding.hpp"

namespace lpt {
std::variant<ConstantFakeQuantize, Outcome> constant_fake_quantize(const Node& node) {
  if (find_operation(node) == nullptr) return no_match();
  auto weights = constant_path(node.input(0));
  if (!weights) return no_match();
  const auto levels = integer_attribute(node, "levels");
  if (levels < 3 || levels > 256) return refused("{} levels, 3 to 256 can be folded", levels);
  const auto* rule = node.attribute("auto_broadcast");
  if (rule != nullptr && *rule != "numpy" && *rule != "none")
    return refused("its ranges are broadcast by the rule \"{}\"", *rule);
  if (!is_real(weights->real) || !is_readable_as_f32(weights->stored) || weights->real == ElementType::f64) {
    return refused("weights of type {} are not folded", name(weights->real));
  }
  SmallTensor ranges[4];
  static constexpr std::string_view kNames[] = {"input_low", "input_high", "output_low", "output_high"};
  for (std::size_t i = 0; i < 4; ++i) {
    auto range = small_tensor(node.input(i + 1));
    if (!range) return refused("{} is not a constant", kNames[i]);
    ranges[i] = std::move(*range);
  }
  return ConstantFakeQuantize{std::move(*weights),
                              {std::move(ranges[0]), std::move(ranges[1]), std::move(ranges[2]), std::move(ranges[3])},
                              static_cast<unsigned>(levels)};
}

Node& replace_with_dequantization(Graph& graph, Node& node, ElementType type, const Shape& shape, Blob stored,
                                  const DequantizationSpec& dequantization) {
  const std::string base(node.name());
  const auto real = dequantization.real;
  Node& weights = graph.insert_constant_before(&node, base + "/quantized", type, shape, std::move(stored));
  Value value = insert_convert(graph, &node, base + "/convert", weights.output(0), real);
  if (dequantization.zero_point) {
    const Value zero_point =
        insert_parameter(graph, &node, base + "/zero_point", real, *dequantization.zero_point).output(0);
    value = insert_elementwise(graph, &node, "Subtract", base + "/subtract", value, zero_point, real).output(0);
  }
  const Value scale = insert_parameter(graph, &node, base + "/scale", real, dequantization.scale).output(0);
  Node& multiply = insert_elementwise(graph, &node, "Multiply", {}, value, scale, real);
  graph.move_annotations(node, multiply);
  graph.replace(node.output(0), multiply.output(0));
  graph.set_name(multiply, base);
  return multiply;
}

bool is_stored_here(Value constant) {
  const auto& blob = constant.node().constant();
  return blob && dynamic_cast<const WeightsSource*>(blob->source().get()) != nullptr;
}

bool may_be_quantized(Value value) {
  constexpr int kFar = 16;
  const Node* node = &value.node();
  for (int i = 0; i < kFar && node->input_count() > 0; ++i) {
    if (node->is("FakeQuantize")) return true;
    node = &node->input(0).node();
  }
  return false;
}

Node* only_reader(Value value, std::string_view type) {
  const Input* use = value.node().output_port(value.index()).first_use;
  const bool fits = use != nullptr && use->next_use == nullptr && use->index == 0 && use->node->is(type);
  return fits ? use->node : nullptr;
}

}  // namespace lpt
