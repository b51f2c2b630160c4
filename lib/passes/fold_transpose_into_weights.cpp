// Transposes stored weights instead of what their dequantization gives.
//
//     Const(i8) -> Dequantize(s, z) -> Transpose    =>    Const(i8, transposed) -> Dequantize(s', z')
//
// Law     transpose(s * w) == transpose(s) * transpose(w).
// Guard   The order is a constant, and the stored type no smaller than a byte.
// Source  OpenVINO LPT, PullTransposeThroughDequantization; there not for parameters of a lower rank.
#include "ops/transpose.hpp"
#include "passes/stored_weights.hpp"
#include "quant/permuted_source.hpp"

namespace lpt {

Outcome fold_transpose_into_weights(Graph& graph, Node& transpose, Conversion& conversion) {
  const auto weights = stored_weights_above(transpose, conversion);
  if (!weights) return no_match();
  const auto order = transpose_order(Arguments(transpose));
  const Shape& shape = transpose.output(0).shape();
  const auto type = weights->dequantization.type;
  if (!order || !shape.is_static()) return refused("its order is no constant");
  if (bits(type) < 8) return refused("weights of {} cannot be transposed", name(type));
  const auto below = weights->dequantization.with_parameters([&](const SmallTensor& parameter) {
    return parameter.values.size() == 1 ? scalar(parameter.values[0])
                                        : permuted(aligned(parameter, order->size()), *order);
  });
  replace_stored_weights(graph, transpose, *weights, permuted(weights->blob, weights->shape, *order, bits(type) / 8),
                         shape, below);
  return rewritten();
}

}  // namespace lpt
