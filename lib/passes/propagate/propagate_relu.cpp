// Lets ReLU run on integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s) -> ReLU    =>    x:u8 -> ReLU -> Dequantize(s)
//
// Law     max(s*x, 0) == s*max(x, 0)   for s >= 0, channel by channel; bit-exact.
// Guard   A zero point would have to be what the ReLU compares with.
// Source  OpenVINO LPT, ReluTransformation.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_relu(Graph& graph, Node& relu, PassContext& context) {
  const auto before = per_channel_before(relu, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  if (dq.has_zero_point()) return refused(Cause::zero_point_not_supported, "its input has a zero point");
  if (dq.least_scale() < 0) return refused(Cause::scale_negative, "scale {} is negative", dq.least_scale());
  return move_below(graph, relu, dq, dq, Gives::keeps_integers, context);
}

}  // namespace lpt
