// Lets StridedSlice move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> StridedSlice    =>    x:u8 -> StridedSlice -> Dequantize(s', z')
//
// Law     (s * x)[slice] == s[slice] * x[slice], with s repeated to the shape of x first; bit-exact.
// Guard   Begin, end and strides have to be known where the parameters vary.
// Source  OpenVINO LPT, StridedSliceTransformation; there wrong for an ellipsis.
#include "passes/propagation.hpp"

namespace lpt {

Outcome propagate_strided_slice(Graph& graph, Node& node, Conversion& conversion) {
  const auto before = any_before(node, conversion);
  if (!before) return before.outcome;
  const auto& dq = *before;
  return move_mapped(graph, node, dq, by_moving(node), conversion);
}

}  // namespace lpt
