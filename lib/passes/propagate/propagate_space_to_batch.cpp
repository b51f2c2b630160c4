// Lets SpaceToBatch move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> SpaceToBatch    =>    x:u8 -> SpaceToBatch -> Dequantize(s, z)
//
// Law     move(s * x) == s * move(x) for one s; bit-exact. Padding is 0.
// Guard   Per-channel parameters stay, as in OpenVINO. With a zero point a padded 0 would stand for -s*z.
// Source  OpenVINO LPT, SpaceToBatchTransformation; there without the second guard.
#include <algorithm>

#include "ops/operation.hpp"
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_space_to_batch(Graph& graph, Node& node, PassContext& context) {
  const auto before = per_channel_before(node, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  const auto is_unpadded = [&](std::size_t port) {
    const auto pads = constant_integers(node.input(port));
    return pads && std::all_of(pads->begin(), pads->end(), [](auto pad) { return pad == 0; });
  };
  if (dq.zero_point && !(is_unpadded(2) && is_unpadded(3)))
    return refused(Cause::zero_point_not_supported, "it pads with 0, and its input has a zero point");
  return move_mapped(graph, node, dq, no_map, context);
}

}  // namespace lpt
