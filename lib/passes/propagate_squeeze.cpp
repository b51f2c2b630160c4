// Lets Squeeze move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Squeeze    =>    x:u8 -> Squeeze -> Dequantize(s', z')
//
// Law     squeeze(s * x) == squeeze(s) * squeeze(x); bit-exact.
// Source  OpenVINO LPT, SqueezeTransformation.
#include "passes/propagation.hpp"

namespace lpt {

Outcome propagate_squeeze(Graph& graph, Node& node, Conversion& conversion) {
  const auto before = per_channel_before(node, conversion);
  if (!before) return before.outcome;
  const auto& dq = *before;
  return move_mapped(graph, node, dq, by_moving(node), conversion);
}

}  // namespace lpt
