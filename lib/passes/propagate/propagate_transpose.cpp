// Lets Transpose move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Transpose    =>    x:u8 -> Transpose -> Dequantize(s', z')
//
// Law     transpose(s * x) == transpose(s) * transpose(x); bit-exact.
// Guard   A per-channel parameter stays where the first two axes do not stay in place: what follows could not use it.
// Source  OpenVINO LPT, TransposeTransformation.
#include "ops/transpose.hpp"
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_transpose(Graph& graph, Node& transpose, PassContext& context) {
  const auto before = per_channel_before(transpose, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  const bool per_tensor = dq.has_uniform_parameters();
  if (!per_tensor) {
    const auto order = transpose_order(Arguments(transpose));
    if (!order || order->size() < 2 || (*order)[0] != 0 || (*order)[1] != 1)
      return refused(Cause::parameters_vary_along_axis,
                     "its input is quantized per channel, and the first two axes do not stay in place");
  }
  return move_mapped(graph, transpose, dq, by_moving(transpose), context);
}

}  // namespace lpt
