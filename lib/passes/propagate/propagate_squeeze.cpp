// Lets Squeeze move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Squeeze    =>    x:u8 -> Squeeze -> Dequantize(s', z')
//
// Law     squeeze(s * x) == squeeze(s) * squeeze(x); bit-exact.
// Source  OpenVINO LPT, SqueezeTransformation.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_squeeze(Graph& graph, Node& node, PassContext& context) {
  const auto before = per_channel_before(node, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  return move_mapped(graph, node, dq, by_moving(node), context);
}

}  // namespace lpt
