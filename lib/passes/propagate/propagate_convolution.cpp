// Lets Convolution work on integers.
//
//     x:u8 -> Dequantize(a, z_a) -> Convolution(w:i8 -> Dequantize(b, z))
//     =>  x:u8 [-> Subtract(z_a)] -> Convolution(w:i8 [-> Subtract(z)]) -> Multiply(a * b)
//
// Law     conv(a*(x - z_a), b_i*(w - z_i)) == a*b_i * conv(x - z_a, w - z_i) for each output channel i.
// Guard   a is one scale: the sum mixes the channels. b and z lie along the output channels.
// Source  OpenVINO LPT, ConvolutionTransformation.
#include "passes/propagate/weighted.hpp"

namespace lpt {

Outcome propagate_convolution(Graph& graph, Node& node, PassContext& context) {
  return propagate_weighted(graph, node, context);
}

}  // namespace lpt
