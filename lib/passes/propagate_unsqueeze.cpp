// Lets Unsqueeze move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Unsqueeze    =>    x:u8 -> Unsqueeze -> Dequantize(s', z')
//
// Law     unsqueeze(s * x) == unsqueeze(s) * unsqueeze(x); bit-exact.
// Source  OpenVINO LPT, UnsqueezeTransformation.
#include "passes/propagation.hpp"

namespace lpt {

Outcome propagate_unsqueeze(Graph& graph, Node& node, Conversion& conversion) {
  const auto before = per_channel_before(node, conversion);
  if (!before) return before.outcome;
  const auto& dq = *before;
  return move_mapped(graph, node, dq, by_moving(node), conversion);
}

}  // namespace lpt
