// Lets ReLU run on integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s) -> ReLU    =>    x:u8 -> ReLU -> Dequantize(s)
//
// Law     max(s*x, 0) == s*max(x, 0)   for s >= 0, channel by channel; bit-exact.
// Guard   A zero point would have to be what the ReLU compares with.
// Source  OpenVINO LPT, ReluTransformation.
#include "passes/propagation.hpp"

namespace lpt {

Outcome propagate_relu(Graph& graph, Node& relu, Conversion& conversion) {
  const auto before = per_channel_before(relu, conversion);
  if (!before) return before.outcome;
  const auto& dq = *before;
  if (dq.zero_point) return refused("its input has a zero point");
  if (dq.least_scale() < 0) return refused("scale {} is negative", dq.least_scale());
  return move_below(graph, relu, dq, dq, Gives::stored, conversion);
}

}  // namespace lpt
