// Lets Concat join integers: the dequantizations above its inputs become one below it.
//
//     x_i:u8 -> Dequantize(s_i, z_i) -> Concat    =>    x_i:u8 -> Concat -> Dequantize(concat(s_i), concat(z_i))
//
// Law     concat(s_i * x_i) == concat(s_i) * concat(x_i); bit-exact. A missing zero point is 0, a missing scale 1.
// Guard   Every input is dequantized from one type, with parameters that are uniform or vary along the axis of the
//         Concat alone. Where the length of that axis is not known all have to be equal. Where OpenVINO's CPU would
//         misread scales that differ, real edges keep them in front.
// Source  OpenVINO LPT, ConcatTransformation; there an input 0 without scale is fatal.
#include <algorithm>
#include <optional>

#include "ops/operation.hpp"
#include "passes/propagate/propagation.hpp"

namespace lpt {
namespace {

using Parameters = std::vector<std::optional<SmallTensor>>;

bool all_equal(const std::vector<SmallTensor>& values) {
  return std::all_of(values.begin(), values.end(), [&](const SmallTensor& value) {
    return is_uniform(value) && value.values[0] == values[0].values[0];
  });
}

/// One parameter for all inputs; empty if there is none that says it.
struct Joined {
  std::optional<SmallTensor> value;
  bool possible = true;
};
Joined joined(const Node& concat, std::size_t axis, const Parameters& parameters, float missing) {
  if (std::none_of(parameters.begin(), parameters.end(), [](const auto& p) { return p.has_value(); })) return {};
  const auto rank = concat.output(0).shape().rank();
  std::vector<SmallTensor> values;
  std::vector<std::size_t> lengths;
  bool has_lengths = true;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& value = values.emplace_back(aligned(parameters[i].value_or(scalar(missing)), rank));
    if (!varies_only_along(collapsed(value), axis, rank)) return {{}, false};
    const auto length = concat.input(i).shape()[axis];
    has_lengths = has_lengths && length.is_static();
    lengths.push_back(static_cast<std::size_t>(length.min));
  }
  if (all_equal(values)) return {scalar(values[0].values[0])};
  if (!has_lengths) return {{}, false};
  for (auto& value : values) value = aligned(collapsed(value), rank);
  return {concatenated(values, axis, lengths)};
}

/// The dequantizations above all inputs.
Expected<std::vector<Dequantization>> all_above(const Node& concat, const PassContext& context) {
  std::vector<Dequantization> above;
  for (std::size_t i = 0; i < concat.input_count(); ++i) {
    if (auto found = dequantization_before(concat, i, context)) above.push_back(std::move(*found));
  }
  if (above.empty()) return no_match();
  if (above.size() < concat.input_count())
    return refused(Cause::input_not_quantized, "{} of its {} inputs are not quantized",
                   concat.input_count() - above.size(), concat.input_count());
  if (!concat.output(0).shape().has_rank()) return refused(Cause::rank_unknown, "the rank of its output is not known");
  for (std::size_t i = 0; i < above.size(); ++i) {
    const auto &dq = above[i], &first = above[0];
    if (!dq.is_low_precision()) return refused(Cause::input_of_other_type, "input {} is not of integers", i);
    if (dq.type != first.type || dq.has_integer_edge() != first.has_integer_edge() || dq.real != first.real)
      return refused(Cause::inputs_of_different_types, "its inputs are of types {} and {}", name(first.type),
                     name(dq.type));
    if (!concat.input(i).shape().has_rank())
      return refused(Cause::rank_unknown, "the rank of input {} is not known", i);
  }
  return above;
}

/// An integer type if the zero points have one, and none of them is kept as a real number.
ElementType zero_point_type_of(const std::vector<Dequantization>& above) {
  ElementType type = above[0].zero_point_type;
  for (const auto& dq : above) {
    if (!dq.zero_point) continue;
    if (dq.zero_point_type == dq.real) return dq.real;
    if (!above[0].zero_point) type = dq.zero_point_type;
  }
  return type;
}

}  // namespace

Outcome propagate_concat(Graph& graph, Node& concat, PassContext& context) {
  if (concat.output_count() != 1) return no_match();
  const auto above = all_above(concat, context);
  if (!above) return refused(above.error());
  const auto axis = axis_of(integer_attribute(concat, "axis"), concat.output(0).shape().rank());
  Dequantization below = above->front();
  below.zero_point_type = zero_point_type_of(*above);
  for (const auto member : Dequantization::kParameters) {
    Parameters parameters;
    for (const auto& dq : *above) parameters.push_back(dq.*member);
    auto all = joined(concat, axis, parameters, member == &Dequantization::scale ? 1 : 0);
    if (!all.possible)
      return refused(Cause::parameters_not_movable, "the {}s of its inputs do not lie along axis {}",
                     Dequantization::name_of(member), axis);
    below.*member = std::move(all.value);
  }
  const auto* fact = context.runtime.against_channels_from(concat.output(0));
  if (fact != nullptr && !below.has_uniform_parameters()) return refused(refusal(*fact));
  const bool nothing_to_move = std::ranges::all_of(*above, [](const auto& dq) { return dq.has_nothing_to_move(); });
  for (std::size_t i = 0; i < above->size(); ++i) {
    if (!nothing_to_move) graph.set_input(concat, i, (*above)[i].stored);
  }
  graph.set_output(concat, 0, above->front().stored.type(), concat.output(0).shape());
  dequantize_output(graph, concat, 0, below, context.float_edges);
  if (nothing_to_move) return no_match();
  return rewritten();
}

}  // namespace lpt
