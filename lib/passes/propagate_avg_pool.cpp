// Lets AvgPool read integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> AvgPool    =>    x:u8 -> AvgPool -> Dequantize(s, z)
//
// Law     mean_i s*(x_i - z) == s*(mean_i x_i - z).
// Guard   Padding that counts stands for 0.0, but is the stored value 0: wrong if there is a zero point.
//         The average stays real, unless what follows takes integers and the runtime rounds there anyway. On a real
//         edge a Multiply behind it would be such a follower, so that only FakeQuantizes, which take the scale in, may
//         follow.
// Source  OpenVINO LPT, AvgPoolTransformation; there for AvgPool-1 only, and without the guard.
#include <algorithm>

#include "ops/operation.hpp"
#include "passes/propagation.hpp"

namespace lpt {
namespace {

bool is_read_by_fake_quantizes(const Node& node) {
  for (const Input* use = node.output_port(0).first_use; use != nullptr; use = use->next_use) {
    if (!use->node->is("FakeQuantize")) return false;
  }
  return true;
}

}  // namespace

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
  const bool rounds = conversion.markup.keeps_integers(pool);
  if (dq.on_real_edge && dq.scale && !rounds && !is_read_by_fake_quantizes(pool))
    return refused("a runtime would round its averages for the sake of the scale behind it");
  const bool keeps = rounds && conversion.has_integer_edges();
  if (!keeps) return move_below(graph, pool, dq, dq, Gives::real, conversion);
  conversion.depart(pool, "averages are rounded to integers, by up to half a step");
  return move_below(graph, pool, dq, dq, Gives::stored, conversion);
}

}  // namespace lpt
