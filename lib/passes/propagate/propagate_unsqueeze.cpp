// Lets Unsqueeze move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Unsqueeze    =>    x:u8 -> Unsqueeze -> Dequantize(s', z')
//
// Law     unsqueeze(s * x) == unsqueeze(s) * unsqueeze(x); bit-exact.
// Source  OpenVINO LPT, UnsqueezeTransformation.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_unsqueeze(Graph& graph, Node& node, PassContext& context) {
  const auto before = per_channel_before(node, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  return move_mapped(graph, node, dq, by_moving(node), context);
}

}  // namespace lpt
