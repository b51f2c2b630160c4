// Transposes stored weights instead of what their dequantization gives.
//
//     Const(i8) -> Dequantize(s, z) -> Transpose    =>    Const(i8, transposed) -> Dequantize(s', z')
//
// Law     transpose(s * w) == transpose(s) * transpose(w).
// Guard   The order is a constant, and the stored type no smaller than a byte.
// Source  OpenVINO LPT, PullTransposeThroughDequantization; there not for parameters of a lower rank.
#include "ops/transpose.hpp"
#include "passes/weights/stored_weights.hpp"
#include "quant/permuted_source.hpp"

namespace lpt {

Outcome fold_transpose_into_weights(Graph& graph, Node& transpose, PassContext& context) {
  const auto above = stored_weights_above(transpose, context);
  if (!above) return no_match();
  const Value stored = above->stored;
  const auto order = transpose_order(Arguments(transpose));
  const Shape& shape = transpose.output(0).shape();
  const auto type = above->type;
  if (!order || !shape.is_static()) return refused(Cause::operand_not_constant, "its order is no constant");
  if (bits(type) < 8) return refused(Cause::weights_of_other_type, "weights of {} cannot be transposed", name(type));
  const auto below = above->with_parameters([&](const SmallTensor& parameter) {
    return parameter.values.size() == 1 ? scalar(parameter.values[0])
                                        : permuted(aligned(parameter, order->size()), *order);
  });
  replace_stored_weights(graph, transpose, *above,
                         permuted(*stored.node().constant(), stored.shape(), *order, bits(type) / 8), shape, below,
                         context);
  return rewritten();
}

}  // namespace lpt
