// Stores the weights of an operation that could work on integers as the type that its kernel takes.
//
//     w -> FakeQuantize -> Convolution    =>    Const(i8) -> Convert [-> Subtract(z)] -> Multiply(s) -> Convolution
//
// Law     FakeQuantize(w) = s * (stored - z), as for activations.
// Guard   For a dialect that follows the runtime, which asks for i8 where the values alone would give u8. One value for
//         a whole channel stays as it is.
// Source  OpenVINO LPT, WeightableLayerTransformation::decomposeFakeQuantizeForWeightsPath.
#include <limits>

#include "ops/operation.hpp"
#include "passes/weights/weights.hpp"
#include "quant/quantized_source.hpp"

namespace lpt {
namespace {

/// The types that the readers of weights want, if they are operations with integer kernels.
std::optional<std::vector<ElementType>> wanted_types(const Node& node, const PassContext& context) {
  std::optional<std::vector<ElementType>> wanted;
  for (const Input& use : node.output(0).readers()) {
    const Node* reader = use.node;
    std::size_t port = use.index;
    // GroupConvolution reads its weights through a Reshape.
    if (reader->is("Reshape")) {
      const Node* below = reader->output(0).single_reader();
      if (below == nullptr) return std::nullopt;
      port = below->output_count() > 0 && below->input(1) == reader->output(0) ? 1 : 0;
      reader = below;
    }
    const auto* types = context.goal.target.types(*reader, port);
    if (port != 1 || types == nullptr) return std::nullopt;
    wanted = *types;
  }
  return wanted;
}

std::optional<Shape> common_shape(const RangeEnds& ranges) {
  const auto input = broadcast(ranges.input_low.shape, ranges.input_high.shape);
  const auto output = broadcast(ranges.output_low.shape, ranges.output_high.shape);
  return input && output ? broadcast(*input, *output) : std::nullopt;
}

}  // namespace

Outcome decompose_weights(Graph& graph, Node& node, PassContext& context) {
  const auto wanted = wanted_types(node, context);
  if (!wanted) return no_match();
  auto found = constant_fake_quantize(node);
  if (!found) return refused(found.error());
  const auto& [weights, own, levels] = *found;
  if (weights.real != ElementType::f32) return no_match();
  const auto shape = common_shape(own);
  if (!shape || !broadcasts_to(*shape, weights.shape))
    return refused(Cause::range_not_usable, "its ranges do not fit the weights");
  const Ranges ranges{{own.input_low.broadcast_to(*shape), own.input_high.broadcast_to(*shape),
                       own.output_low.broadcast_to(*shape), own.output_high.broadcast_to(*shape)},
                      levels};
  const auto stored = choose_weights_type(ranges, *wanted);
  if (!stored)
    return refused(Cause::levels_not_supported, "its {} levels fit none of the types that its reader takes",
                   ranges.levels);
  if (bits(stored->type) != 8) return no_match();
  for (std::size_t i = 0; i < ranges.output_low.values.size(); ++i) {
    const float value = ranges.output_low.values[i];
    if (value == ranges.output_high.values[i] && value != 0)
      return refused(Cause::range_of_one_value, "a channel has one value, {}, for all", value);
  }
  warn_of_zero(node, *found, context);
  auto steps = in_integers(ranges, *stored);
  QuantizeParameters parameters{*shape, ranges.input_low.values, ranges.input_high.values,
                                steps.low.broadcast_to(*shape).values, static_cast<unsigned>(levels)};
  const auto last = steps.high.broadcast_to(*shape).values;
  for (std::size_t i = 0; i < last.size(); ++i) {
    // A channel of zeros has the stored value 0, wherever its weights lie.
    if (last[i] == parameters.base[i]) parameters.low[i] = parameters.high[i] = std::numeric_limits<float>::max();
  }
  Blob blob(std::make_shared<QuantizedSource>(weights, std::move(parameters), stored->type));
  store_weights_for(graph, node, stored->type, weights.shape, std::move(blob),
                    weights_dequantization(stored->type, weights.real, collapsed(std::move(steps.scale)),
                                           std::move(steps.zero_point)),
                    context);
  return rewritten();
}

}  // namespace lpt
