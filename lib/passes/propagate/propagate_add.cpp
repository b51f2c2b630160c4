// Lets Add take one of its inputs as integers: the zero point of this one and the scales of both move to the other one
// and behind the Add.
//
//     s1*(x1 - z1) + s2*(x2 - z2)    =>    s2 * ( s1'*(x1 - z1') + x2 )      s1' = s1/s2,  z1' = z1 + s2*z2/s1
//     s*(x - z) + c                  =>    s * (x - (z - c/s))
//
// Law     The formulas are identities; channel by channel.
// Guard   No scale is 0, and what comes out is finite. A bias stays as it is: kernels take it in real units.
// Source  OpenVINO LPT, AddTransformation.
#include <algorithm>
#include <cmath>
#include <functional>

#include "ops/operation.hpp"
#include "passes/propagate/branches.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

bool is_usable_scale(const SmallTensor& scale) {
  constexpr float kLeast = 1e-32F;
  return std::all_of(scale.values.begin(), scale.values.end(), [](float s) { return std::abs(s) >= kLeast; });
}

/// Leaves out what is 0 everywhere.
std::optional<SmallTensor> if_any(SmallTensor zero_point) {
  return is_uniform(zero_point) && zero_point.values[0] == 0 ? std::nullopt : std::optional(std::move(zero_point));
}

/// x·s + c  =>  (x + c/s)·s
Outcome add_constant(Graph& graph, Node& add, const Dequantization& dq, const SmallTensor& constant,
                     PassContext& context) {
  if (!dq.scale) return refused(Cause::input_without_scale, "its input has no scale");
  if (!is_usable_scale(*dq.scale)) return refused(Cause::scale_zero, "a scale of its input is 0");
  const auto in_steps = combined(constant, *dq.scale, [](float c, float s) { return c == 0 ? 0 : c / s; });
  if (!is_finite(in_steps))
    return refused(Cause::scales_too_far_apart, "its constant is too large for the scale of its input");
  if (!broadcasts_to(in_steps.shape, add.output(0).shape()) || dq.stored.shape() != add.output(0).shape())
    return refused(Cause::parameters_enlarge_data, "its constant enlarges the data");
  // A zero point that is stored as an integer keeps its own Subtract.
  const bool apart = dq.zero_point && is_integer(dq.zero_point_type);
  const Value data = apart ? insert_without_scale(graph, add, std::string(add.name()) + "/data", dq) : dq.stored;
  const auto own = apart || !dq.zero_point ? scalar(0) : *dq.zero_point;
  replace_with_shifted(graph, add, dq, data, if_any(combined(own, in_steps, std::minus<>())), context.float_edges);
  return rewritten();
}

}  // namespace

Outcome propagate_add(Graph& graph, Node& add, PassContext& context) {
  if (add.input_count() != 2 || add.output_count() != 1 || context.markup.is_bias(add)) return no_match();
  const Branch branches[] = {branch_of(add, 0, context), branch_of(add, 1, context)};
  for (const std::size_t port : {0, 1}) {
    const auto constant = constant_branch(add, 1 - port, context);
    const auto& dq = branches[port].dequantization;
    if (constant && dq) return add_constant(graph, add, *dq, *constant, context);
  }
  if (!branches[0].is_low_precision() && !branches[1].is_low_precision()) return no_match();
  if (auto fits = check_branches(add, branches[0], branches[1]); !fits) return refused(fits.error());
  const auto real_port = real_branch(branches[0], branches[1], context);
  const Branch &real = branches[real_port], &integers = branches[1 - real_port];
  const auto scale = integers.scale();
  const auto& taken = *integers.dequantization;
  if (auto fits = check_integer_edge(taken, context); !fits) return refused(fits.error());
  if (!is_usable_scale(scale) || !is_usable_scale(real.scale()))
    return refused(Cause::scale_zero, "a scale of its inputs is 0");
  if (taken.has_nothing_to_move() || (!taken.scale && !taken.zero_point)) return no_match();
  if (!broadcasts_to(scale.shape, add.output(0).shape()))
    return refused(Cause::parameters_enlarge_data, "a scale of its inputs enlarges the data");

  Dequantization kept = real.dequantization.value_or(taken);
  kept.stored = real.data;
  if (taken.has_integer_edge()) kept.real = ElementType::f32;
  kept.scale = combined(real.scale(), scale, std::divides<>());
  const auto moved = combined(product(scale, integers.zero_point()), real.scale(), std::divides<>());
  kept.zero_point = if_any(combined(real.zero_point(), moved, std::plus<>()));
  kept.zero_point_type = kept.real;
  if (!is_finite(*kept.scale) || (kept.zero_point && !is_finite(*kept.zero_point)))
    return refused(Cause::scales_too_far_apart, "the scales of its inputs are too far apart");
  if (!broadcasts_to(kept.scale->shape, real.data.shape()))
    return refused(Cause::parameters_enlarge_data, "the scale of one input enlarges the other");
  if (const auto* fact = context.runtime.against_channels_behind(real.data, *kept.scale))
    return refused(refusal(*fact));

  Dequantization below = taken;
  below.type = below.real;
  below.scale = scale;
  below.drop_zero_points();
  const std::string base(add.name());
  graph.set_input(add, real_port, insert_dequantization(graph, &add, base + "/input", real.data, kept));
  graph.set_input(add, 1 - real_port, integers.data);
  if (taken.has_integer_edge())
    relax_types(graph, add, std::vector{ElementType::f32, ElementType::f32}, ElementType::f32);
  dequantize_output(graph, add, 0, below, context.float_edges);
  return rewritten();
}

}  // namespace lpt
