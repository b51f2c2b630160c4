// Lets MVN read integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s) -> MVN(eps)    =>    x:u8 -> MVN(eps / s^2) -> Multiply(sign(s))
//
// Law     (s*x - mean(s*x)) / sqrt(var(s*x) + eps) == sign(s) * (x - mean(x)) / sqrt(var(x) + eps/s^2); eps/|s| where
//         it is added outside of the root; s itself where the variance is not divided by.
// Guard   The scale may differ only between what is normalized apart, and with it eps must not: several scales keep
//         their eps only where there is no division.
// Source  OpenVINO LPT, MVNTransformation, which leaves eps as it is.
#include <fmt/format.h>

#include <algorithm>

#include "ops/operation.hpp"
#include "passes/propagate/normalization.hpp"

namespace lpt {
namespace {

/// The axes over which mean and variance are taken; empty if they are not known.
std::optional<std::vector<std::size_t>> normalized_axes(const Node& mvn, std::size_t rank) {
  if (mvn.input_count() > 1) {
    const auto axes = constant_integers(mvn.input(1));
    return axes ? std::optional(axes_of(*axes, rank)) : std::nullopt;
  }
  std::vector<std::size_t> axes;
  for (std::size_t i = boolean_attribute(mvn, "across_channels", false) ? 1 : 2; i < rank; ++i) axes.push_back(i);
  return axes;
}

}  // namespace

Outcome propagate_mvn(Graph& graph, Node& mvn, PassContext& context) {
  const auto before = per_channel_before(mvn, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  if (dq.has_zero_point()) return refused(Cause::zero_point_not_supported, "its input has a zero point");
  const Shape& data = mvn.input(0).shape();
  if (!data.has_rank()) return refused(Cause::rank_unknown, "the rank of its input is not known");
  const auto axes = normalized_axes(mvn, data.rank());
  if (!axes) return refused(Cause::operand_not_constant, "its axes are no constant");
  const auto scale = dq.scale.value_or(scalar(1));
  const auto channel = channel_axis(dq.stored);
  if (!is_uniform(scale) && std::find(axes->begin(), axes->end(), channel) != axes->end())
    return refused(Cause::parameters_vary_along_axis, "its scale varies along axis {}, which is normalized", channel);
  Dequantization below = dq;
  if (boolean_attribute(mvn, "normalize_variance", false)) {
    const auto* mode = mvn.attribute("eps_mode");
    const bool outside = mode != nullptr && (*mode == "OUTSIDE_SQRT" || *mode == "outside_sqrt");
    const auto epsilon = rescaled_epsilon(real_attribute(mvn, "eps"), scale, outside ? 1 : 2);
    if (!epsilon)
      return refused(Cause::activations_per_channel_scale, "its scales differ, and one eps cannot follow them");
    if (*epsilon != real_attribute(mvn, "eps")) graph.set_attribute(mvn, "eps", fmt::format("{}", *epsilon));
    below.scale = dq.scale ? std::optional(signs_of(*dq.scale)) : std::nullopt;
  }
  return move_below(graph, mvn, dq, below, Gives::f32, context);
}

}  // namespace lpt
