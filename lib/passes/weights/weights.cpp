#include "passes/weights/weights.hpp"

#include <algorithm>

#include "ops/operation.hpp"
#include "quant/weights_source.hpp"
#include "tensor/rounding.hpp"

namespace lpt {

Expected<ConstantFakeQuantize> constant_fake_quantize(const Node& node) {
  auto weights = constant_path(node.input(0));
  if (!weights) return no_match();
  const auto levels = integer_attribute(node, "levels");
  if (levels < 3 || levels > 256)
    return refused(Cause::levels_not_supported, "{} levels, 3 to 256 can be folded", levels);
  const auto* rule = node.attribute("auto_broadcast");
  if (rule != nullptr && *rule != "numpy" && *rule != "none")
    return refused(Cause::range_not_usable, "its ranges are broadcast by the rule \"{}\"", *rule);
  if (!is_real(weights->real) || !is_readable_as_f32(weights->stored) || weights->real == ElementType::f64)
    return refused(Cause::weights_of_other_type, "weights of type {} are not folded", name(weights->real));
  auto ranges = range_ends_of(node);
  if (!ranges) return refused(ranges.error());
  return ConstantFakeQuantize{std::move(*weights), std::move(*ranges), static_cast<unsigned>(levels)};
}

void warn_of_zero(const Node& node, const ConstantFakeQuantize& found, PassContext& context) {
  const auto keeps_zero = [](const QuantizedChannel& channel) { return channel.keeps(0); };
  if (is_real(found.weights.stored) && !std::ranges::all_of(channels_of(found.ranges, found.levels), keeps_zero))
    context.warnings.push_back(
        {LayerLabel(node), "0 is no step of the range of its weights: those that are 0 become other values"});
}

Node& insert_stored(Graph& graph, Node& before, const std::string& name, ElementType type, const Shape& shape,
                    Blob blob, PassContext& context) {
  if (auto source = std::dynamic_pointer_cast<const WeightsSource>(blob.source()))
    context.computed.emplace_back(LayerLabel(before), std::move(source));
  Node& stored = graph.insert_constant_before(&before, name, type, shape, std::move(blob));
  context.stored_here.insert(stored);
  return stored;
}

Node& store_weights_for(Graph& graph, Node& node, ElementType type, const Shape& shape, Blob stored,
                        const Dequantization& dequantization, PassContext& context) {
  Node& weights =
      insert_stored(graph, node, std::string(node.name()) + "/quantized", type, shape, std::move(stored), context);
  return replace_with_dequantization(graph, node, weights.output(0), dequantization, kWeightsNames);
}

}  // namespace lpt
