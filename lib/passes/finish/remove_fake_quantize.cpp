// Removes a FakeQuantize that changes none of the integers it reads.
//
//     x:u8 -> FakeQuantize(0..255 -> 0..255):u8    =>    x:u8
//
// Law     It maps each integer of the type to itself.
// Guard   Input and output have one type, and one value for all channels. The input range may be off by rounding, as
//         long as the ends of the type are still mapped to themselves.
// Source  OpenVINO LPT, EliminateFakeQuantizeTransformation.
#include <cmath>

#include "driver/context.hpp"
#include "ops/operation.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

/// What FakeQuantize makes of an end of the range, in steps from output_low.
float step_of(float value, float low, float high, std::uint64_t levels) {
  if (value <= low) return 0;
  const auto last = static_cast<float>(levels - 1);
  return value > high ? last : std::nearbyint((value - low) / (high - low) * last);
}

}  // namespace

Outcome remove_fake_quantize(Graph& graph, Node& node, PassContext& context) {
  const auto ranges = ranges_of(node);
  if (!ranges || !is_supported_levels(ranges->levels)) return no_match();
  const auto *read = context.float_edges.find(node.input(0)), *given = context.float_edges.find(node.output(0));
  const bool integers = node.input(0).type() == node.output(0).type() && is_low_precision(node.output(0).type());
  const bool on_float_edges = read != nullptr && given != nullptr && is_low_precision(read->type) &&
                              read->type == given->type && !read->zero_point && !given->zero_point;
  if (!integers && !on_float_edges) return no_match();
  for (const auto* range : {&ranges->input_low, &ranges->input_high, &ranges->output_low, &ranges->output_high}) {
    if (!is_uniform(*range)) return no_match();
  }
  const auto stored = stored_range(integers ? node.output(0).type() : read->type, ranges->levels);
  if (!stored) return no_match();
  const auto m = static_cast<float>(stored->low), M = static_cast<float>(stored->high);
  const float step = (M - m) / static_cast<float>(ranges->levels);
  const float il = ranges->input_low.values[0], ih = ranges->input_high.values[0];
  const bool same_output = ranges->output_low.values[0] == m && ranges->output_high.values[0] == M;
  const bool near = std::abs(il - m) <= step && std::abs(ih - M) <= step;
  const bool keeps_ends = step_of(m, il, ih, ranges->levels) == 0 &&
                          step_of(M, il, ih, ranges->levels) == static_cast<float>(ranges->levels - 1);
  // Without OpenVINO's rounding only the range itself maps every integer to itself.
  const bool exact = il == m && ih == M;
  if (!same_output || !near || !keeps_ends || (on_float_edges && !exact)) return no_match();
  graph.replace(node.output(0), node.input(0));
  return rewritten();
}

}  // namespace lpt
