// Stores weights without their zero point where the differences fit i8.
//
//     Const(u8) -> Convert -> Subtract(z) -> Multiply(s)    =>    Const(i8) -> Convert -> Multiply(s)
//
// Law     s * (w - z) == s * w', with w' = w - z.
// Guard   All differences lie in -128..127. A kernel of integers is won, which the zero point keeps the layer from.
// Source  Weights of TFLite models, u8 with a zero point for the tensor; measured with OpenVINO 2026.4.
#include "passes/weights/zero_points.hpp"
#include "quant/channels_source.hpp"

namespace lpt {

Outcome shift_weights(Graph& graph, Node& layer, PassContext& context) {
  const auto weights = weights_with_zero_point(layer, context);
  if (!weights) return no_match();
  const Shape& shape = weights->stored.shape();
  if (const auto beyond = places_beyond_i8(*weights, 0); !beyond.empty()) {
    if (layer.is("Convolution") || layer.is("MatMul")) return no_match();
    return refused(Cause::weights_zero_point,
                   "without their zero point its weights leave i8, in {} of {} places on axis 0", beyond.size(),
                   shape[0].min);
  }
  Dequantization below = *weights;
  below.type = ElementType::i8;
  below.zero_point.reset();
  replace_stored_weights(graph, layer.input(1).node(), *weights,
                         without_zero_point(*weights, *weights->stored.node().constant(), shape), shape, below,
                         context);
  ++context.fitted.layers;
  return rewritten();
}

}  // namespace lpt
