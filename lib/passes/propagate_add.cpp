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
#include "passes/branches.hpp"
#include "passes/fake_quantizes.hpp"

namespace lpt {
namespace {

bool is_usable_scale(const SmallTensor& scale) {
  constexpr float kLeast = 1e-32F;
  return std::all_of(scale.values.begin(), scale.values.end(), [](float s) { return std::abs(s) >= kLeast; });
}

bool is_finite(const SmallTensor& tensor) {
  return std::all_of(tensor.values.begin(), tensor.values.end(), [](float v) { return std::isfinite(v); });
}

/// Leaves out what is 0 everywhere.
std::optional<SmallTensor> if_any(SmallTensor zero_point) {
  return is_uniform(zero_point) && zero_point.values[0] == 0 ? std::nullopt : std::optional(std::move(zero_point));
}

/// x·s + c  =>  (x + c/s)·s
Outcome add_constant(Graph& graph, Node& add, const Dequantization& dq, const SmallTensor& constant,
                     Conversion& conversion) {
  if (!dq.scale) return refused("its input has no scale");
  if (!is_usable_scale(*dq.scale)) return refused("a scale of its input is 0");
  const auto in_steps = combined(constant, *dq.scale, [](float c, float s) { return c == 0 ? 0 : c / s; });
  if (!is_finite(in_steps)) return refused("its constant is too large for the scale of its input");
  if (!broadcasts_to(in_steps.shape, add.output(0).shape()) || dq.stored.shape() != add.output(0).shape())
    return refused("its constant enlarges the data");
  // A zero point that is stored as an integer, or is already off the data, keeps its own Subtract.
  const bool apart = dq.zero_point && (is_integer(dq.zero_point_type) || dq.on_real_edge);
  Dequantization whole = dq;
  whole.type = dq.real;
  whole.zero_point_type = dq.real;
  whole.zero_point = if_any(combined(apart || !dq.zero_point ? scalar(0) : *dq.zero_point, in_steps, std::minus<>()));
  whole.on_real_edge = false;
  const Value data =
      apart && !dq.on_real_edge ? insert_without_scale(graph, add, std::string(add.name()) + "/data", dq) : dq.stored;
  const Node& last = replace_by_dequantization(graph, add, data, whole);
  if (dq.on_real_edge) conversion.real_edges.set(last.input(0), {dq.real, {}});
  return rewritten();
}

}  // namespace

Outcome propagate_add(Graph& graph, Node& add, Conversion& conversion) {
  if (find_operation(add) == nullptr || add.input_count() != 2 || add.output_count() != 1 ||
      conversion.markup.is_bias(add))
    return no_match();
  const Branch branches[] = {branch_of(add, 0, conversion), branch_of(add, 1, conversion)};
  for (const std::size_t port : {0, 1}) {
    const auto constant = constant_branch(add, 1 - port, conversion);
    const auto& dq = branches[port].dequantization;
    if (constant && dq) return add_constant(graph, add, *dq, *constant, conversion);
  }
  if (!branches[0].is_low_precision() && !branches[1].is_low_precision()) return no_match();
  if (auto reason = unusable_branches(add, branches[0], branches[1])) return refused("{}", *reason);
  const auto full_port = full_branch(branches[0], branches[1], conversion);
  const Branch &full = branches[full_port], &empty = branches[1 - full_port];
  const auto scale = empty.scale();
  if (!empty.is_low_precision()) return refused("the input to be taken as it is is not of integers");
  const bool has_integers = empty.data.type() != empty.dequantization->real;
  if (has_integers && !conversion.has_integer_edges())
    return refused("it reads integers, which the openvino dialect leaves to the runtime");
  if (!is_usable_scale(scale) || !is_usable_scale(full.scale())) return refused("a scale of its inputs is 0");
  if (!empty.dequantization->scale && !empty.dequantization->zero_point) return no_match();
  if (!broadcasts_to(scale.shape, add.output(0).shape())) return refused("a scale of its inputs enlarges the data");

  Dequantization kept = full.dequantization.value_or(*empty.dequantization);
  kept.stored = full.data;
  if (has_integers) kept.real = ElementType::f32;
  kept.scale = combined(full.scale(), scale, std::divides<>());
  const auto moved = combined(product(scale, empty.zero_point()), full.scale(), std::divides<>());
  kept.zero_point = if_any(combined(full.zero_point(), moved, std::plus<>()));
  kept.zero_point_type = kept.real;
  kept.on_real_edge = false;
  if (!is_finite(*kept.scale) || (kept.zero_point && !is_finite(*kept.zero_point)))
    return refused("the scales of its inputs are too far apart");
  if (!broadcasts_to(kept.scale->shape, full.data.shape())) return refused("the scale of one input enlarges the other");
  if (is_unsafe_behind(full.data, *kept.scale, conversion))
    return refused("its scales would vary along channels that OpenVINO's kernel in front does not take");
  const bool nothing_to_move = !empty.dequantization->scale && empty.dequantization->on_real_edge;
  if (nothing_to_move) return no_match();

  Dequantization below = *empty.dequantization;
  below.type = below.real;
  below.scale = scale;
  below.zero_point.reset();
  const std::string base(add.name());
  graph.set_input(add, full_port, insert_dequantization(graph, &add, base + "/input", full.data, kept));
  graph.set_input(add, 1 - full_port, empty.data);
  if (has_integers) relax_types(graph, add, std::vector{ElementType::f32, ElementType::f32}, ElementType::f32);
  dequantize_output(graph, add, 0, below, conversion.real_edges);
  return rewritten();
}

}  // namespace lpt
