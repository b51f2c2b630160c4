// Lets Clamp read integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Clamp(a, b)    =>    x:u8 -> Clamp(a/s + z, b/s + z) -> Dequantize(s, z)
//
// Law     clamp(s*(x - z), a, b) == s*(clamp(x, a/s + z, b/s + z) - z), with the bounds exchanged for s < 0. The bounds
//         are not rounded, so that the result is real.
// Guard   One scale and one zero point: there is one pair of bounds.
// Source  OpenVINO LPT, ClampTransformation.
#include <fmt/format.h>

#include <utility>

#include "ops/operation.hpp"
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_clamp(Graph& graph, Node& clamp, PassContext& context) {
  const auto before = per_channel_before(clamp, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  if (!dq.has_uniform_parameters())
    return refused(Cause::activations_per_channel_scale, "its input is quantized per channel");
  const double scale = dq.scale ? dq.scale->values[0] : 1;
  const double zero_point = dq.zero_point ? dq.zero_point->values[0] : 0;
  if (scale == 0) return refused(Cause::scale_zero, "its scale is 0");
  double low = real_attribute(clamp, "min") / scale + zero_point;
  double high = real_attribute(clamp, "max") / scale + zero_point;
  if (scale < 0) std::swap(low, high);
  if (scale != 1 || zero_point != 0) {
    graph.set_attribute(clamp, "min", fmt::format("{}", low));
    graph.set_attribute(clamp, "max", fmt::format("{}", high));
  }
  return move_below(graph, clamp, dq, dq, Gives::model_real, context);
}

}  // namespace lpt
