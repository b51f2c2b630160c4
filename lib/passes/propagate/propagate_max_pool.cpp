// Lets MaxPool run on integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> MaxPool    =>    x:u8 -> MaxPool -> Dequantize(s, z)
//
// Law     max_i s*(x_i - z) == s*(max_i x_i - z)   for s >= 0, channel by channel; bit-exact. Padding never wins.
// Guard   s < 0 would turn max into min. Of equal values, which integers often are, kernels choose different ones, so
//         that the indices that MaxPool-8 gives besides would change.
// Source  OpenVINO LPT, MaxPoolTransformation; there for MaxPool-1 only.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_max_pool(Graph& graph, Node& pool, PassContext& context) {
  const auto before = per_channel_before(pool, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  if (dq.least_scale() < 0) return refused(Cause::scale_negative, "scale {} is negative", dq.least_scale());
  if (pool.output_count() > 1 && pool.output(1).has_readers())
    return refused(Cause::runtime_misreads_form, "its indices are read, which differ between kernels where values tie");
  return move_below(graph, pool, dq, dq, Gives::keeps_integers, context);
}

}  // namespace lpt
