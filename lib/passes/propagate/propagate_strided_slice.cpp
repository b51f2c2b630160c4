// Lets StridedSlice move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> StridedSlice    =>    x:u8 -> StridedSlice -> Dequantize(s', z')
//
// Law     (s * x)[slice] == s[slice] * x[slice], with s repeated to the shape of x first; bit-exact.
// Guard   Begin, end and strides have to be known where the parameters vary.
// Source  OpenVINO LPT, StridedSliceTransformation; there wrong for an ellipsis.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_strided_slice(Graph& graph, Node& node, PassContext& context) {
  const auto before = any_before(node, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  return move_mapped(graph, node, dq, by_moving(node), context);
}

}  // namespace lpt
