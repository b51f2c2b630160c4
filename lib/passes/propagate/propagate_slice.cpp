// Lets Slice move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Slice    =>    x:u8 -> Slice -> Dequantize(s', z')
//
// Law     (s * x)[slice] == s * x[slice] for one s; bit-exact.
// Guard   Per-channel parameters stay, as in OpenVINO: no operation behind gains by them.
// Source  OpenVINO LPT, SliceTransformation.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_slice(Graph& graph, Node& node, PassContext& context) {
  const auto before = per_channel_before(node, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  return move_mapped(graph, node, dq, no_map, context);
}

}  // namespace lpt
