// Lets Pad work on integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Pad(v)    =>    x:u8 -> Pad(v') -> Dequantize(s', z')
//
// Law     pad(s*(x - z), v) == s'*(pad(x, v') - z'). With v' = v/s + z, where that is a stored value, s and z stay as
//         they are. Otherwise v' = v, and the padding has scale 1 and zero point 0. Other modes repeat elements.
// Guard   v' has to be an integer that the type holds. A zero point for the padding alone would be a second one on the
//         axis, so that at most one axis may be padded then. Reflected elements of a scale along the padded axis stay.
// Source  OpenVINO LPT, PadTransformation; there the padding always gets its own zero point, and is cut to the type.
#include <algorithm>
#include <cmath>

#include "ops/operation.hpp"
#include "passes/propagate/propagation.hpp"

namespace lpt {
namespace {

struct Pads {
  std::vector<std::int64_t> begin, end;

  std::vector<std::size_t> axes() const {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < begin.size(); ++i) {
      if (begin[i] != 0 || end[i] != 0) result.push_back(i);
    }
    return result;
  }
  bool adds() const {
    const auto positive = [](auto pad) { return pad > 0; };
    return std::any_of(begin.begin(), begin.end(), positive) || std::any_of(end.begin(), end.end(), positive);
  }
};

bool holds(ElementType type, float value) {
  return is_real(type) || (value == std::nearbyint(value) && integer_range(type).holds(value));
}

/// The stored value that stands for a real one; empty if the type has none.
std::optional<float> stored_value(float value, const Dequantization& dq) {
  if (!dq.has_uniform_scale() && value != 0) return std::nullopt;
  for (const auto* zero_point : {&dq.zero_point, &dq.absorbed_zero_point}) {
    if (*zero_point && !is_uniform(**zero_point)) return std::nullopt;
  }
  const float scale = dq.scale ? dq.scale->values[0] : 1;
  const float steps = value == 0 ? 0 : value / scale;
  const float stored = steps + (dq.zero_point ? dq.zero_point->values[0] : 0);
  return holds(dq.type, stored) ? std::optional(stored) : std::nullopt;
}

/// The parameter with its own value in the padding of one axis: 0 for a zero point, 1 for a scale.
std::optional<SmallTensor> padded(const Shape& data, const SmallTensor& parameter, std::size_t axis, const Pads& pads,
                                  float around) {
  if (!data[axis].is_static() || !varies_only_along(collapsed(parameter), axis, data.rank())) return std::nullopt;
  const auto length = data[axis].min;
  auto own = aligned(collapsed(parameter), data.rank());
  if (own.values.size() == 1) own = gathered(own, axis, std::vector<std::size_t>(static_cast<std::size_t>(length), 0));
  std::vector<float> values(static_cast<std::size_t>(std::max<std::int64_t>(pads.begin[axis], 0)), around);
  const auto first = std::max<std::int64_t>(-pads.begin[axis], 0);
  const auto last = length - std::max<std::int64_t>(-pads.end[axis], 0);
  for (auto i = first; i < last; ++i) values.push_back(own.values[static_cast<std::size_t>(i)]);
  values.insert(values.end(), static_cast<std::size_t>(std::max<std::int64_t>(pads.end[axis], 0)), around);
  auto dimensions = own.shape.dimensions();
  dimensions[axis] = Dimension::exactly(static_cast<std::int64_t>(values.size()));
  return collapsed({Shape(std::move(dimensions)), std::move(values)});
}

/// The first padded axis along which a parameter varies; empty if there is none.
std::optional<std::size_t> padded_axis_of(const std::optional<SmallTensor>& parameter, const Pads& pads,
                                          std::size_t rank) {
  if (!parameter || is_uniform(*parameter)) return std::nullopt;
  const auto wide = wide_axes(aligned(*parameter, rank)), axes = pads.axes();
  const auto found = std::find_first_of(wide.begin(), wide.end(), axes.begin(), axes.end());
  return found == wide.end() ? std::nullopt : std::optional(*found);
}

void set_value(Graph& graph, Node& pad, ElementType type, float value) {
  if (pad.input_count() < 4) return;
  graph.set_input(pad, 3,
                  insert_parameter(graph, &pad, std::string(pad.name()) + "/value", type, scalar(value)).output(0));
}

Outcome pad_with_own_parameters(Graph& graph, Node& pad, const Dequantization& dq, const Pads& pads, float value,
                                PassContext& context) {
  const auto axes = pads.axes();
  const Shape& data = pad.input(0).shape();
  if (!holds(dq.type, value))
    return refused(Cause::padding_between_steps, "its value {} is none that {} holds", value, name(dq.type));
  if (value != 0 && axes.size() != 1)
    return refused(Cause::zero_point_not_supported, "it pads {} axes with {}", axes.size(), value);
  Dequantization below = dq;
  for (const auto member : {&Dequantization::zero_point, &Dequantization::absorbed_zero_point}) {
    if (!(dq.*member)) continue;
    if (axes.size() != 1)
      return refused(Cause::zero_point_not_supported, "it pads {} axes, and its input has a zero point", axes.size());
    below.*member = padded(data, *(dq.*member), axes[0], pads, 0);
    if (!(below.*member))
      return refused(Cause::parameters_vary_along_axis, "its zero point varies along an axis that is not padded");
  }
  const auto scale_axis = value != 0 ? std::optional(axes[0]) : padded_axis_of(dq.scale, pads, data.rank());
  if (scale_axis) {
    below.scale = padded(data, *dq.scale, *scale_axis, pads, 1);
    if (!below.scale)
      return refused(Cause::parameters_vary_along_axis, "its scale varies along an axis that is not padded");
  }
  set_value(graph, pad, dq.stored.type(), value);
  return move_below(graph, pad, dq, below, Gives::keeps_integers, context);
}

}  // namespace

Outcome propagate_pad(Graph& graph, Node& pad, PassContext& context) {
  const auto before = any_before(pad, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  const Shape& data = pad.input(0).shape();
  if (!pad.output(0).shape().has_rank() || !data.has_rank())
    return refused(Cause::rank_unknown, "the rank of its output is not known");
  const auto begin = constant_integers(pad.input(1)), end = constant_integers(pad.input(2));
  if (!begin || !end || begin->size() != data.rank() || end->size() != data.rank())
    return refused(Cause::operand_not_constant, "its pads are no constants");
  const Pads pads{*begin, *end};
  const auto value = pad.input_count() > 3 ? small_tensor(pad.input(3)) : scalar(0);
  if (!value || value->values.size() != 1) return refused(Cause::operand_not_constant, "its value is no constant");
  const auto* mode = pad.attribute("pad_mode");
  const bool constant = mode == nullptr || *mode == "constant";
  if (constant && pads.adds()) {
    const bool varies = std::ranges::any_of(Dequantization::kParameters, [&](auto member) {
      return padded_axis_of(dq.*member, pads, data.rank()).has_value();
    });
    const auto stored = varies ? std::nullopt : stored_value(value->values[0], dq);
    if (!stored && !varies && !context.goal.has_integer_edges() && !dq.has_integer_edge())
      return refused(Cause::padding_between_steps, "its value {} is none that {} holds", value->values[0],
                     name(dq.type));
    if (!stored) return pad_with_own_parameters(graph, pad, dq, pads, value->values[0], context);
    set_value(graph, pad, dq.stored.type(), *stored);
    return move_mapped(
        graph, pad, dq, [](const auto& p) { return std::optional(p); }, context);
  }
  if (mode != nullptr && *mode == "reflect" && dq.scale) {
    if (const auto axis = padded_axis_of(dq.scale, pads, data.rank()))
      return refused(Cause::parameters_vary_along_axis, "its scale varies along axis {}, which is reflected", *axis);
  }
  set_value(graph, pad, dq.stored.type(), holds(dq.type, value->values[0]) ? value->values[0] : 0);
  return move_mapped(graph, pad, dq, by_moving(pad), context);
}

}  // namespace lpt
