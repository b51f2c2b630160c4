// Lets ShuffleChannels move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> ShuffleChannels    =>    x:u8 -> ShuffleChannels -> Dequantize(s', z')
//
// Law     shuffle(s * x) == shuffle(s) * shuffle(x); bit-exact.
// Source  OpenVINO LPT, ShuffleChannelsTransformation.
#include "passes/propagation.hpp"

namespace lpt {

Outcome propagate_shuffle_channels(Graph& graph, Node& node, Conversion& conversion) {
  const auto before = any_before(node, conversion);
  if (!before) return before.outcome;
  const auto& dq = *before;
  if (!node.output(0).shape().has_rank()) return refused("the rank of its output is not known");
  return move_mapped(graph, node, dq, by_moving(node), conversion);
}

}  // namespace lpt
