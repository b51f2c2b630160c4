// Lets ShuffleChannels move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> ShuffleChannels    =>    x:u8 -> ShuffleChannels -> Dequantize(s', z')
//
// Law     shuffle(s * x) == shuffle(s) * shuffle(x); bit-exact.
// Source  OpenVINO LPT, ShuffleChannelsTransformation.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_shuffle_channels(Graph& graph, Node& node, PassContext& context) {
  const auto before = any_before(node, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  if (!node.output(0).shape().has_rank()) return refused(Cause::rank_unknown, "the rank of its output is not known");
  return move_mapped(graph, node, dq, by_moving(node), context);
}

}  // namespace lpt
