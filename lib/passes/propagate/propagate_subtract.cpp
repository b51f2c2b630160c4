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
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_subtract(Graph& graph, Node& subtract, PassContext& context) {
  if (subtract.input_count() != 2 || subtract.output_count() != 1) return no_match();
  const auto dq = dequantization_before(subtract, 0, context);
  if (!dq || !dq->scale) return no_match();
  const auto constant = small_tensor(subtract.input(1));
  if (!constant) return no_match();
  if (auto fits = check_per_channel(*dq, subtract.input(0).shape()); !fits) return refused(fits.error());
  if (std::any_of(dq->scale->values.begin(), dq->scale->values.end(), [](float s) { return s == 0; }))
    return refused(Cause::scale_zero, "a scale of its input is 0");
  const auto in_steps = combined(*constant, *dq->scale, std::divides<>());
  if (!is_finite(in_steps))
    return refused(Cause::scales_too_far_apart, "its constant is too large for the scale of its input");
  const Shape& out = subtract.output(0).shape();
  if (dq->stored.shape() != out || !broadcasts_to(in_steps.shape, out))
    return refused(Cause::parameters_enlarge_data, "its constant enlarges the data");
  const auto zero_point = dq->zero_point ? combined(*dq->zero_point, in_steps, std::plus<>()) : in_steps;
  replace_with_shifted(graph, subtract, *dq, dq->stored, zero_point, context.float_edges);
  return rewritten();
}

}  // namespace lpt
