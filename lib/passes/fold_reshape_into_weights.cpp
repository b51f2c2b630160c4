// Reshapes stored weights instead of what their dequantization gives.
//
//     Const(i8) -> Dequantize(s, z) -> Reshape    =>    Const(i8, reshaped) -> Dequantize(s', z')
//
// Law     reshape(s * w) == reshape(s) * reshape(w).
// Guard   No parameter has to be repeated for that: scales for groups of weights stay few.
// Source  OpenVINO LPT, PullReshapeThroughDequantization; there not in front of a GroupConvolution.
#include "passes/stored_weights.hpp"

namespace lpt {

Outcome fold_reshape_into_weights(Graph& graph, Node& reshape, Conversion& conversion) {
  const auto weights = stored_weights_above(reshape, conversion);
  const Shape& shape = reshape.output(0).shape();
  if (!weights || !shape.is_static()) return no_match();
  std::optional<Dequantization> below = weights->dequantization;
  for (auto member : {&Dequantization::scale, &Dequantization::zero_point}) {
    const auto& parameter = weights->dequantization.*member;
    if (!parameter) continue;
    auto moved = parameter->values.size() == 1 ? std::optional(scalar(parameter->values[0]))
                                               : reshaped_with_data(*parameter, weights->shape, shape);
    if (!moved || moved->values.size() > parameter->values.size())
      return refused("its parameters of shape [{}] would have to be repeated", parameter->shape.to_string());
    (*below).*member = std::move(moved);
  }
  replace_stored_weights(graph, reshape, *weights, weights->blob, shape, *below);
  return rewritten();
}

}  // namespace lpt
