// Lets NormalizeL2 read integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s) -> NormalizeL2(eps)    =>    x:u8 -> NormalizeL2(eps / s^2) -> Multiply(sign(s))
//
// Law     s*x / sqrt(sum((s*x)^2) + eps) == sign(s) * x / sqrt(sum(x^2) + eps/s^2); likewise with max instead of +.
// Guard   One scale: the sum mixes the channels.
// Source  OpenVINO LPT, NormalizeL2Transformation, which leaves eps as it is.
#include <fmt/format.h>

#include "ops/operation.hpp"
#include "passes/normalization.hpp"

namespace lpt {

Outcome propagate_normalize_l2(Graph& graph, Node& node, Conversion& conversion) {
  const auto before = per_channel_before(node, conversion);
  if (!before) return before.outcome;
  const auto& dq = *before;
  if (dq.zero_point) return refused("its input has a zero point");
  const auto axes = constant_integers(node.input(1));
  using Axes = std::vector<std::int64_t>;
  if (!axes || (*axes != Axes{1} && *axes != Axes{1, 2, 3})) return refused("its axes are not 1, or 1, 2 and 3");
  const auto scale = dq.scale.value_or(scalar(1));
  if (!is_uniform(scale)) return refused("its scales differ");
  const double eps = real_attribute(node, "eps");
  const auto epsilon = *rescaled_epsilon(eps, scale, 2);
  if (epsilon != eps) graph.set_attribute(node, "eps", fmt::format("{}", epsilon));
  Dequantization below = dq;
  if (dq.scale) below.scale = signs_of(*dq.scale);
  return move_below(graph, node, dq, below, Gives::single, conversion);
}

}  // namespace lpt
