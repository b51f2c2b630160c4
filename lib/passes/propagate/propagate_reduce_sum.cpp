// Lets ReduceSum read integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> ReduceSum    =>    x:u8 -> ReduceSum -> Dequantize(s, n*z)    n elements in each sum
//
// Law     sum_i s*(x_i - z) == s*(sum_i x_i - n*z). The sum is real, and f32 in a model of f16: it might not fit.
// Guard   With a zero point n has to be known. No parameter varies along a reduced axis.
// Source  OpenVINO LPT, ReduceSumTransformation.
#include "passes/propagate/reduction.hpp"

namespace lpt {

Outcome propagate_reduce_sum(Graph& graph, Node& node, PassContext& context) {
  auto reduction = reduction_of(node, context);
  if (!reduction) return refused(reduction.error());
  const auto& dq = reduction->above;
  auto& below = reduction->below;
  if (below.zero_point) {
    float count = 1;
    for (const auto axis : reduction->axes) {
      const auto length = node.input(0).shape()[axis];
      if (!length.is_static())
        return refused(Cause::lengths_unknown, "the length of axis {} is not known, and it has a zero point", axis);
      count *= static_cast<float>(length.min);
    }
    below.zero_point = mapped(*below.zero_point, [&](float z) { return z * count; });
    below.zero_point_type = below.real;
  }
  return move_below(graph, node, dq, below, Gives::f32, context);
}

}  // namespace lpt
