// Stores the weights of a GroupConvolution, or a ConvolutionBackpropData, without their zero point where that fits i8.
//
//     Const(u8) -> Convert -> Subtract(z) -> Multiply(s)    =>    Const(i8) -> Convert -> Multiply(s)
//
// Law     s * (w - z) == s * w', with w' = w - z.
// Guard   All differences lie in -128..127. A kernel of integers is won, which the zero point keeps the layer from.
// Source  Weights of TFLite models, u8 with a zero point for the tensor; measured with OpenVINO 2026.4. What was tried for
//         depthwise weights that leave i8, sums of windows and Convolutions of the rest, costs what it wins.
#include "passes/weights/zero_points.hpp"
#include "quant/channels_source.hpp"

namespace lpt {

Outcome fit_group_convolution_weights(Graph& graph, Node& convolution, PassContext& context) {
  const auto weights = weights_with_zero_point(convolution, context);
  if (!weights) return no_match();
  if (const auto beyond = places_beyond_i8(*weights, 0); !beyond.empty())
    return refused(Cause::weights_zero_point,
                   "without their zero point its weights leave i8, in {} of {} places on axis 0", beyond.size(),
                   weights->stored.shape()[0].min);
  store_without_zero_point(graph, convolution, *weights, context);
  return rewritten();
}

Outcome fit_convolution_backprop_data_weights(Graph& graph, Node& convolution, PassContext& context) {
  return fit_group_convolution_weights(graph, convolution, context);
}

}  // namespace lpt
