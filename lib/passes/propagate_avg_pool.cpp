// Lets AvgPool read integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> AvgPool    =>    x:u8 -> AvgPool -> Dequantize(s, z)
//
// Law     mean_i s*(x_i - z) == s*(mean_i x_i - z).
// Guard   Padding that counts stands for 0.0, but is the stored value 0: wrong if there is a zero point.
//         The average stays real, unless what follows takes integers and the runtime rounds there anyway.
// Source  OpenVINO LPT, AvgPoolTransformation; there for AvgPool-1 only, and without the guard.
#include <algorithm>

#include "ops/operation.hpp"
#include "passes/propagation.hpp"

namespace lpt {

Outcome propagate_avg_pool(Graph& graph, Node& pool, Conversion& conversion) {
  const auto before = per_channel_before(pool, conversion);
  if (!before) return before.outcome;
  const auto& dq = *before;
  const auto is_padded = [&](std::string_view name) {
    const auto pads = integer_list_attribute(pool, name, {});
    return std::any_of(pads.begin(), pads.end(), [](auto pad) { return pad != 0; });
  };
  const auto* auto_pad = pool.attribute("auto_pad");
  const bool pads =
      (auto_pad != nullptr && auto_pad->substr(0, 4) == "same") || is_padded("pads_begin") || is_padded("pads_end");
  if (pads && !boolean_attribute(pool, "exclude-pad", true) && dq.zero_point && !dq.on_real_edge)
    return refused("its padding counts as 0, and its input has a zero point");
  const bool keeps = conversion.markup.keeps_integers(pool) && conversion.has_integer_edges();
  if (!keeps) return move_below(graph, pool, dq, dq, Gives::real, conversion);
  conversion.depart(pool, "averages are rounded to integers, by up to half a step");
  return move_below(graph, pool, dq, dq, Gives::stored, conversion);
}

}  // namespace lpt
