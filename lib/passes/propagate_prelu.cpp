// Lets PRelu read integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s) -> PRelu(a)    =>    x:u8 -> PRelu(a) -> Dequantize(s)
//
// Law     prelu(s*x, a) == s*prelu(x, a)   for s >= 0. The result is real, since a is.
// Guard   A zero point would have to be what PRelu compares with.
// Source  OpenVINO LPT, PReluTransformation.
#include "passes/propagation.hpp"

namespace lpt {

Outcome propagate_prelu(Graph& graph, Node& prelu, Conversion& conversion) {
  const auto before = per_channel_before(prelu, conversion);
  if (!before) return before.outcome;
  const auto& dq = *before;
  if (!small_tensor(prelu.input(1))) return refused("its slope is no constant");
  if (dq.zero_point) return refused("its input has a zero point");
  if (dq.least_scale() < 0) return refused("scale {} is negative", dq.least_scale());
  return move_below(graph, prelu, dq, dq, Gives::real, conversion);
}

}  // namespace lpt
