// Lets VariadicSplit cut integers: the dequantization above it moves below each of its outputs.
//
//     x:u8 -> Dequantize(s, z) -> VariadicSplit    =>    x:u8 -> VariadicSplit -> Dequantize(s_i, z_i) for each output
//
// Law     split_i(s * x) == split_i(s) * split_i(x); bit-exact.
// Source  OpenVINO LPT, VariadicSplitTransformation.
#include "passes/propagate/splitting.hpp"

namespace lpt {

Outcome propagate_variadic_split(Graph& graph, Node& node, PassContext& context) {
  return propagate_splitting(graph, node, context);
}

}  // namespace lpt
