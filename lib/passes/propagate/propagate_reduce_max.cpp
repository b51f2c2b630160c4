// Lets ReduceMax run on integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> ReduceMax    =>    x:u8 -> ReduceMax -> Dequantize(s, z)
//
// Law     max_i s*(x_i - z) == s*(max_i x_i - z)   for s >= 0; bit-exact.
// Guard   A negative scale would turn the order round. No parameter varies along a reduced axis.
// Source  OpenVINO LPT, ReduceMaxTransformation.
#include "passes/propagate/reduction.hpp"

namespace lpt {

Outcome propagate_reduce_max(Graph& graph, Node& node, PassContext& context) {
  return propagate_extremum(graph, node, context);
}

}  // namespace lpt
