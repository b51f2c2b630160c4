// Lets PRelu read integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s) -> PRelu(a)    =>    x:u8 -> PRelu(a) -> Dequantize(s)
//
// Law     prelu(s*x, a) == s*prelu(x, a)   for s >= 0. The result is real, since a is.
// Guard   A zero point would have to be what PRelu compares with.
// Source  OpenVINO LPT, PReluTransformation.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_prelu(Graph& graph, Node& prelu, PassContext& context) {
  const auto before = per_channel_before(prelu, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  if (!small_tensor(prelu.input(1))) return refused(Cause::operand_not_constant, "its slope is no constant");
  if (dq.has_zero_point()) return refused(Cause::zero_point_not_supported, "its input has a zero point");
  if (dq.least_scale() < 0) return refused(Cause::scale_negative, "scale {} is negative", dq.least_scale());
  return move_below(graph, prelu, dq, dq, Gives::model_real, context);
}

}  // namespace lpt
