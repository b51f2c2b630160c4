// Lets NormalizeL2 read integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s) -> NormalizeL2(eps)    =>    x:u8 -> NormalizeL2(eps / s^2) -> Multiply(sign(s))
//
// Law     s*x / sqrt(sum((s*x)^2) + eps) == sign(s) * x / sqrt(sum(x^2) + eps/s^2); likewise with max instead of +.
// Guard   One scale: the sum mixes the channels.
// Source  OpenVINO LPT, NormalizeL2Transformation, which leaves eps as it is.
#include <fmt/format.h>

#include "ops/operation.hpp"
#include "passes/propagate/normalization.hpp"

namespace lpt {

Outcome propagate_normalize_l2(Graph& graph, Node& node, PassContext& context) {
  const auto before = per_channel_before(node, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  if (dq.has_zero_point()) return refused(Cause::zero_point_not_supported, "its input has a zero point");
  const auto axes = constant_integers(node.input(1));
  using Axes = std::vector<std::int64_t>;
  if (!axes || (*axes != Axes{1} && *axes != Axes{1, 2, 3}))
    return refused(Cause::attributes_not_supported, "its axes are not 1, or 1, 2 and 3");
  const auto scale = dq.scale.value_or(scalar(1));
  if (!is_uniform(scale)) return refused(Cause::activations_per_channel_scale, "its scales differ");
  const double eps = real_attribute(node, "eps");
  const auto epsilon = *rescaled_epsilon(eps, scale, 2);
  if (epsilon != eps) graph.set_attribute(node, "eps", fmt::format("{}", epsilon));
  Dequantization below = dq;
  if (dq.scale) below.scale = signs_of(*dq.scale);
  return move_below(graph, node, dq, below, Gives::f32, context);
}

}  // namespace lpt
