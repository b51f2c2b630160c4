// Lets ReduceMin run on integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> ReduceMin    =>    x:u8 -> ReduceMin -> Dequantize(s, z)
//
// Law     min_i s*(x_i - z) == s*(min_i x_i - z)   for s >= 0; bit-exact.
// Guard   A negative scale would turn the order round. No parameter varies along a reduced axis.
// Source  OpenVINO LPT, ReduceMinTransformation.
#include "passes/propagate/reduction.hpp"

namespace lpt {

Outcome propagate_reduce_min(Graph& graph, Node& node, PassContext& context) {
  return propagate_extremum(graph, node, context);
}

}  // namespace lpt
