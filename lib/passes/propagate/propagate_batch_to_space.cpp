// Lets BatchToSpace move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> BatchToSpace    =>    x:u8 -> BatchToSpace -> Dequantize(s', z')
//
// Law     move(s * x) == s * move(x) for one s; bit-exact.
// Guard   Per-channel parameters stay, as in OpenVINO.
// Source  OpenVINO LPT, BatchToSpaceTransformation.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_batch_to_space(Graph& graph, Node& node, PassContext& context) {
  const auto before = per_channel_before(node, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  return move_mapped(graph, node, dq, no_map, context);
}

}  // namespace lpt
