// Removes a ReLU or Clamp whose bounds the FakeQuantize behind it repeats.
//
//     x -> ReLU -> FakeQuantize(0..h)    =>    x -> FakeQuantize(0..h)
//
// Law     A FakeQuantize gives one value for all that is not above input_low, and one for all that is not below
//         input_high: what lies outside the bounds lies outside the range.
// Guard   Nobody else reads it. Behind a Concat it keeps the FakeQuantize from being copied to all inputs.
// Source  OpenVINO ReluFakeQuantizeFusion, for ReLU.
#include <algorithm>
#include <limits>

#include "driver/context.hpp"
#include "ops/attributes.hpp"
#include "ops/operation.hpp"
#include "quant/activation_quantization.hpp"

namespace lpt {
namespace {

/// The bounds of a ReLU or Clamp; empty for another layer.
std::optional<Interval> bounds_of(const Node& node) {
  if (node.is("ReLU")) return Interval{0, std::numeric_limits<float>::infinity()};
  if (!node.is("Clamp")) return std::nullopt;
  return Interval{static_cast<float>(real_attribute(node, "min")), static_cast<float>(real_attribute(node, "max"))};
}

}  // namespace

Outcome remove_repeated_clamp(Graph& graph, Node& quantizer, PassContext& context) {
  const Value data = quantizer.input(0);
  const auto bounds = is_type_relaxed(data.node()) ? std::nullopt : bounds_of(data.node());
  if (!bounds || !context.runtime.asked()) return no_match();
  const auto ranges = ranges_of(quantizer);
  if (!ranges) return no_match();
  const bool repeats = *std::ranges::min_element(ranges->input_low.values) >= bounds->low &&
                       *std::ranges::max_element(ranges->input_high.values) <= bounds->high;
  if (!repeats) return no_match();
  if (!data.has_one_reader()) return refused(Cause::read_by_others, "others read the {} as well", data.node().type());
  if (const auto* fact = context.runtime.against_quantizer_behind(data.node().input(0))) return refused(refusal(*fact));
  graph.set_input(quantizer, 0, data.node().input(0));
  return rewritten();
}

}  // namespace lpt
