// Lets GroupConvolution work on integers.
//
//     x:u8 -> Dequantize(a, z_a) -> GroupConvolution(w:i8 -> Dequantize(b, z))
//     =>  x:u8 [-> Subtract(z_a)] -> GroupConvolution(w:i8 [-> Subtract(z)]) -> Multiply(a * b)
//
// Law     As for Convolution, within each group: a may differ between groups.
// Guard   a is the same for all channels of a group. b and z lie along the output channels.
// Source  OpenVINO LPT, GroupConvolutionTransformation; there a scale for each group of several outputs is fatal.
#include "passes/propagate/weighted.hpp"

namespace lpt {

Outcome propagate_group_convolution(Graph& graph, Node& node, PassContext& context) {
  return propagate_weighted(graph, node, context);
}

}  // namespace lpt
