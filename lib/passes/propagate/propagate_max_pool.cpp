// Lets MaxPool run on integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> MaxPool    =>    x:u8 -> MaxPool -> Dequantize(s, z)
//
// Law     max_i s*(x_i - z) == s*(max_i x_i - z)   for s >= 0, channel by channel; bit-exact. Padding never wins.
// Guard   s < 0 would turn max into min. The indices that MaxPool-8 gives besides are the same only for s > 0.
// Source  OpenVINO LPT, MaxPoolTransformation; there for MaxPool-1 only.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_max_pool(Graph& graph, Node& pool, PassContext& context) {
  const auto before = per_channel_before(pool, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  if (dq.least_scale() < 0) return refused(Cause::scale_negative, "scale {} is negative", dq.least_scale());
  if (pool.output_count() > 1 && pool.output(1).has_readers() && dq.least_scale() == 0)
    return refused(Cause::read_by_others, "its indices are read, and a scale is 0");
  return move_below(graph, pool, dq, dq, Gives::keeps_integers, context);
}

}  // namespace lpt
