// Lets Split cut integers: the dequantization above it moves below each of its outputs.
//
//     x:u8 -> Dequantize(s, z) -> Split    =>    x:u8 -> Split -> Dequantize(s_i, z_i) for each output
//
// Law     split_i(s * x) == split_i(s) * split_i(x); bit-exact.
// Source  OpenVINO LPT, SplitTransformation.
#include "passes/propagate/splitting.hpp"

namespace lpt {

Outcome propagate_split(Graph& graph, Node& node, PassContext& context) {
  return propagate_splitting(graph, node, context);
}

}  // namespace lpt
