// Lets AvgPool read integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> AvgPool    =>    x:u8 -> AvgPool -> Dequantize(s, z)
//
// Law     mean_i s*(x_i - z) == s*(mean_i x_i - z).
// Guard   Padding that counts stands for 0.0, but is the stored value 0: wrong if there is a zero point.
//         The average stays real, unless what follows takes integers and the runtime rounds there anyway. On a float
//         edge only FakeQuantizes, which take the scale in, may follow: a scale anywhere else costs int8.
// Source  OpenVINO LPT, AvgPoolTransformation; there for AvgPool-1 only, and without the guard.
#include "ops/operation.hpp"
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_avg_pool(Graph& graph, Node& pool, PassContext& context) {
  const auto before = per_channel_before(pool, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  const auto* auto_pad = pool.attribute("auto_pad");
  const bool pads = (auto_pad != nullptr && auto_pad->substr(0, 4) == "same") || has_pads(pool);
  if (pads && !boolean_attribute(pool, "exclude-pad", true) && dq.zero_point)
    return refused(Cause::zero_point_not_supported, "its padding counts as 0, and its input has a zero point");
  const auto* fact = context.runtime.against_scale_behind_average(pool);
  if (fact != nullptr && !dq.has_integer_edge() && dq.scale) return refused(refusal(*fact));
  const bool keeps = context.goal.has_integer_edges() && context.markup.keeps_integers(pool);
  if (!keeps) return move_below(graph, pool, dq, dq, Gives::model_real, context);
  context.departures.push_back({LayerLabel(pool),
                                "averages are rounded to integers, by up to half a step",
                                {.layer = std::string(pool.name()), .spread = dq.scale->farthest_from_0() / 2}});
  return move_below(graph, pool, dq, dq, Gives::keeps_integers, context);
}

}  // namespace lpt
