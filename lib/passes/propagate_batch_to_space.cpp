// Lets BatchToSpace move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> BatchToSpace    =>    x:u8 -> BatchToSpace -> Dequantize(s', z')
//
// Law     move(s * x) == s * move(x) for one s; bit-exact.
// Guard   Per-channel parameters stay, as in OpenVINO.
// Source  OpenVINO LPT, BatchToSpaceTransformation.
#include "passes/propagation.hpp"

namespace lpt {

Outcome propagate_batch_to_space(Graph& graph, Node& node, Conversion& conversion) {
  const auto before = per_channel_before(node, conversion);
  if (!before) return before.outcome;
  const auto& dq = *before;
  return move_mapped(graph, node, dq, no_map, conversion);
}

}  // namespace lpt
