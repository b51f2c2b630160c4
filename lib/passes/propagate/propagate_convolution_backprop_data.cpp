// Lets ConvolutionBackpropData work on integers.
//
//     x:u8 -> Dequantize(a, z_a) -> ConvolutionBackpropData(w:i8 -> Dequantize(b, z))
//     =>  x:u8 [-> Subtract(z_a)] -> ConvolutionBackpropData(w:i8 [-> Subtract(z)]) -> Multiply(a * b)
//
// Law     The operation is linear in data and weights, as Convolution is; output channels are axis 1 of the weights.
// Guard   a is one scale. The third input, the output's shape, is a constant.
// Source  OpenVINO LPT, ConvolutionBackpropDataTransformation. OpenVINO's CPU leaves it real where there is a zero
// point.
#include "passes/propagate/weighted.hpp"

namespace lpt {

Outcome propagate_convolution_backprop_data(Graph& graph, Node& node, PassContext& context) {
  return propagate_weighted(graph, node, context);
}

}  // namespace lpt
