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
#include "passes/fake_quantizes.hpp"
#include "passes/propagation.hpp"

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

}  // namespace

Outcome propagate_concat(Graph& graph, Node& concat, Conversion& conversion) {
  if (find_operation(concat) == nullptr || concat.output_count() != 1) return no_match();
  std::vector<Dequantization> above;
  for (std::size_t i = 0; i < concat.input_count(); ++i) {
    if (auto found = dequantization_before(concat, i, conversion)) above.push_back(std::move(*found));
  }
  if (above.empty()) return no_match();
  if (above.size() < concat.input_count())
    return refused("{} of its {} inputs are not quantized", concat.input_count() - above.size(), concat.input_count());
  const Shape& out = concat.output(0).shape();
  if (!out.has_rank()) return refused("the rank of its output is not known");
  const auto axis = axis_of(integer_attribute(concat, "axis"), out.rank());
  Dequantization below = above[0];
  Parameters scales, zero_points;
  bool nothing_to_move = true;
  for (std::size_t i = 0; i < above.size(); ++i) {
    const auto& dq = above[i];
    if (!dq.is_low_precision()) return refused("input {} is not of integers", i);
    if (dq.type != below.type || dq.on_real_edge != below.on_real_edge || dq.real != below.real)
      return refused("its inputs are of types {} and {}", name(below.type), name(dq.type));
    if (!concat.input(i).shape().has_rank()) return refused("the rank of input {} is not known", i);
    scales.push_back(dq.scale);
    zero_points.push_back(dq.zero_point);
    if (dq.zero_point && is_integer(dq.zero_point_type) && !above[0].zero_point)
      below.zero_point_type = dq.zero_point_type;
    nothing_to_move = nothing_to_move && dq.on_real_edge && !dq.scale;
  }
  const auto scale = joined(concat, axis, scales, 1), zero_point = joined(concat, axis, zero_points, 0);
  if (!scale.possible || !zero_point.possible)
    return refused("the {} of its inputs do not lie along axis {}", scale.possible ? "zero points" : "scales", axis);
  if (std::any_of(above.begin(), above.end(),
                  [](const auto& dq) { return dq.zero_point && dq.zero_point_type == dq.real; }))
    below.zero_point_type = below.real;
  const bool differ =
      (scale.value && !is_uniform(*scale.value)) || (zero_point.value && !is_uniform(*zero_point.value));
  if (differ && !conversion.has_integer_edges() && channels_are_unsafe_in(concat.output(0)))
    return refused("its inputs have different scales, and OpenVINO's CPU misreads them on lengths that are not known");
  below.scale = scale.value;
  below.zero_point = zero_point.value;
  for (std::size_t i = 0; i < above.size(); ++i) {
    if (!nothing_to_move) graph.set_input(concat, i, above[i].stored);
  }
  graph.set_output(concat, 0, above[0].stored.type(), out);
  dequantize_output(graph, concat, 0, below, conversion.real_edges);
  return nothing_to_move ? no_match() : rewritten();
}

}  // namespace lpt
