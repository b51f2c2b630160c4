// Moves the dequantization above a Subtract of a constant below it.
//
//     s*(x - z) - c    =>    s*(x - (z + c/s))
//
// Law     The formula is an identity; channel by channel.
// Guard   No scale is 0, and what comes out is finite.
// Source  OpenVINO LPT, SubtractTransformation, which its own pipeline does not run.
#include <algorithm>
#include <cmath>

#include "ops/operation.hpp"
#include "passes/propagation.hpp"

namespace lpt {

Outcome propagate_subtract(Graph& graph, Node& subtract, Conversion& conversion) {
  if (find_operation(subtract) == nullptr || subtract.input_count() != 2 || subtract.output_count() != 1)
    return no_match();
  const auto dq = dequantization_before(subtract, 0, conversion);
  if (!dq || !dq->scale) return no_match();
  const auto constant = small_tensor(subtract.input(1));
  if (!constant) return no_match();
  if (auto reason = not_per_channel(*dq, subtract.input(0).shape())) return refused("{}", *reason);
  if (std::any_of(dq->scale->values.begin(), dq->scale->values.end(), [](float s) { return s == 0; }))
    return refused("a scale of its input is 0");
  const auto in_steps = combined(*constant, *dq->scale, std::divides<>());
  if (std::any_of(in_steps.values.begin(), in_steps.values.end(), [](float v) { return !std::isfinite(v); }))
    return refused("its constant is too large for the scale of its input");
  const Shape& out = subtract.output(0).shape();
  if (dq->stored.shape() != out || !broadcasts_to(in_steps.shape, out))
    return refused("its constant enlarges the data");
  Dequantization whole = *dq;
  const bool has_own = dq->zero_point && !dq->on_real_edge;
  whole.zero_point = has_own ? combined(*dq->zero_point, in_steps, std::plus<>()) : in_steps;
  whole.zero_point_type = dq->real;
  whole.on_real_edge = false;
  const Node& last = replace_by_dequantization(graph, subtract, dq->stored, whole);
  if (dq->on_real_edge) conversion.real_edges.set(last.input(0), {dq->real, {}});
  return rewritten();
}

}  // namespace lpt
