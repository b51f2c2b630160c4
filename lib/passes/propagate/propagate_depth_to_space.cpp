// Lets DepthToSpace move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> DepthToSpace    =>    x:u8 -> DepthToSpace -> Dequantize(s', z')
//
// Law     move(s * x) == s * move(x) for one s; bit-exact.
// Guard   Channels become places: per-channel parameters would have to become a pattern.
// Source  OpenVINO LPT, DepthToSpaceTransformation; there a vector of equal values changes the shape.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_depth_to_space(Graph& graph, Node& node, PassContext& context) {
  const auto before = per_channel_before(node, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  return move_mapped(graph, node, dq, no_map, context);
}

}  // namespace lpt
