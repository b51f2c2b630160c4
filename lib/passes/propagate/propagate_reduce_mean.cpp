// Lets ReduceMean read integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> ReduceMean    =>    x:u8 -> ReduceMean -> Dequantize(s, z)
//
// Law     mean_i s*(x_i - z) == s*(mean_i x_i - z). The mean is real.
// Guard   No parameter varies along a reduced axis.
// Source  OpenVINO LPT, ReduceMeanTransformation.
#include "passes/propagate/reduction.hpp"

namespace lpt {

Outcome propagate_reduce_mean(Graph& graph, Node& node, PassContext& context) {
  const auto reduction = reduction_of(node, context);
  if (!reduction) return refused(reduction.error());
  return move_below(graph, node, reduction->above, reduction->below, Gives::model_real, context);
}

}  // namespace lpt
