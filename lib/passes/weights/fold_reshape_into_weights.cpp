// Reshapes stored weights instead of what their dequantization gives; Squeeze and Unsqueeze likewise.
//
//     Const(i8) -> Dequantize(s, z) -> Reshape    =>    Const(i8, reshaped) -> Dequantize(s', z')
//
// Law     reshape(s * w) == reshape(s) * reshape(w).
// Guard   No parameter has to be repeated for that: scales for groups of weights stay few.
// Source  OpenVINO LPT, PullReshapeThroughDequantization; there not in front of a GroupConvolution.
#include "passes/weights/stored_weights.hpp"

namespace lpt {

Outcome fold_reshape_into_weights(Graph& graph, Node& reshape, PassContext& context) {
  const auto above = stored_weights_above(reshape, context);
  const Shape& shape = reshape.output(0).shape();
  if (!above || !shape.is_static()) return no_match();
  const Value stored = above->stored;
  Dequantization below = *above;
  for (const auto member : Dequantization::kParameters) {
    const auto& parameter = *above.*member;
    if (!parameter) continue;
    auto moved = parameter->values.size() == 1 ? std::optional(scalar(parameter->values[0]))
                                               : reshaped_with_data(*parameter, stored.shape(), shape);
    if (!moved || moved->values.size() > parameter->values.size())
      return refused(Cause::parameters_not_movable, "its parameters of shape [{}] would have to be repeated",
                     parameter->shape);
    below.*member = std::move(moved);
  }
  replace_stored_weights(graph, reshape, *above, *stored.node().constant(), shape, below, context);
  return rewritten();
}

Outcome fold_squeeze_into_weights(Graph& graph, Node& squeeze, PassContext& context) {
  return fold_reshape_into_weights(graph, squeeze, context);
}

Outcome fold_unsqueeze_into_weights(Graph& graph, Node& unsqueeze, PassContext& context) {
  return fold_reshape_into_weights(graph, unsqueeze, context);
}

}  // namespace lpt
