// Splits a FakeQuantize on activations into one that gives integers and the dequantization of these.
//
//     x -> FakeQuantize(ol..oh)    =>    x -> FakeQuantize(0..255):u8 -> Dequantize(scale, zero_point)
//     x -> FakeQuantize(ol..oh)    =>    x -> FakeQuantize(ol/scale..oh/scale) -> Multiply(scale)     on float edges
//
// Law     A FakeQuantize has `levels` results at equal distances: its output is scale * (stored - zero_point), with
//         scale = (oh - ol) / (levels - 1).
// Guard   Its readers agree on an integer type. On float edges one of them, or what is behind it, works on integers.
//         Constant, finite ranges that are not empty. Where several FakeQuantizes have to share one scale, each keeps
//         more than two levels.
// Source  OpenVINO LPT, FakeQuantizeDecompositionTransformation. Where it rounds the ends of a shared interval, float
//         edges keep them.
#include <algorithm>
#include <cmath>
#include <functional>

#include "ops/facts.hpp"
#include "ops/operation.hpp"
#include "driver/context.hpp"
#include "quant/constant_bytes.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

std::string range_text(const StepRange& range) {
  return fmt::format("{}..{}", range.low.values[0], range.high.values[0]);
}

bool has_fraction(const StepRange& range, const Ranges& ranges) {
  const float step =
      (ranges.output_high.values[0] - ranges.output_low.values[0]) / static_cast<float>(ranges.levels - 1);
  return step != range.scale.values[0];
}

/// How far rounding the ends of a range moves the one that it moves more, in real units.
float offset_of_ends(const StepRange& range, const Ranges& ranges) {
  const float zero_point = range.zero_point ? range.zero_point->values[0] : 0;
  const auto offset = [&](const SmallTensor& steps, const SmallTensor& real) {
    return range.scale.values[0] * (steps.values[0] - zero_point) - real.values[0];
  };
  return SmallTensor{{}, {offset(range.low, ranges.output_low), offset(range.high, ranges.output_high)}}
      .farthest_from_0();
}

/// Gives a FakeQuantize a range in steps, and dequantizes what it gives.
void replace_range(Graph& graph, Node& node, const Ranges& ranges, const StepRange& range, const StoredType& stored,
                   PassContext& context) {
  Dequantization dq;
  dq.type = stored.type;
  dq.real = node.output(0).type();
  dq.zero_point_type = dq.real;
  dq.scale = range.scale;
  dq.on_float_edge = !context.goal.has_integer_edges();
  dq.in_f32 = is_half(dq.real);
  (dq.on_float_edge ? dq.absorbed_zero_point : dq.zero_point) = range.zero_point;
  context.original_ranges[node] = {node.input(3), node.input(4), std::to_string(ranges.levels), dq};
  for (const std::size_t port : {3, 4}) graph.hold(node.input(port).node());
  set_range(graph, node, Side::output, range.low, range.high);
  if (!dq.on_float_edge) graph.set_output(node, 0, stored.type, node.output(0).shape());
  context.markup.choose(node, stored.type);
  dequantize_output(graph, node, 0, dq, context.float_edges);
}

/// Of the types that the readers take the one that the model itself quantizes to, if it does.
std::vector<ElementType> wanted_types(const Node& node, std::span<const ElementType> types,
                                      const PassContext& context) {
  const auto* own = context.types_in_model.find(node);
  const bool keeps = own != nullptr && std::find(types.begin(), types.end(), *own) != types.end();
  return keeps ? std::vector{*own} : std::vector(types.begin(), types.end());
}

Outcome decompose_to_integers(Graph& graph, Node& node, const Ranges& ranges, const StoredType& stored,
                              std::optional<Interval> interval, PassContext& context) {
  const auto range = interval ? in_interval(ranges, stored, *interval) : in_integers(ranges, stored);
  if (range.levels <= 2)
    return refused(Cause::too_few_levels, "the interval {}..{} that it shares leaves it {} levels", interval->low,
                   interval->high, range.levels);
  if (interval && (range.levels != ranges.levels || has_fraction(range, ranges)))
    context.departures.push_back(
        {LayerLabel(node),
         fmt::format("{} of {} levels, {}, by up to half a step, for one scale with its neighbours", range.levels,
                     ranges.levels, range_text(range)),
         {std::string(node.name()), {}, offset_of_ends(range, ranges), range.scale.values[0] / 2}});
  replace_range(graph, node, ranges, range, stored, context);
  relax_fake_quantize(graph, node, stored.type);
  if (range.levels != ranges.levels) graph.set_attribute(node, "levels", std::to_string(range.levels));
  return rewritten();
}

/// True if nothing between a value and kernels could keep a scale for each channel from getting there.
bool is_read_by_kernels(Value value) {
  return std::ranges::all_of(value.readers(), [](const Input& use) { return sums_products(*use.node); });
}

/// Weights whose scales are stored as halves: the scale of the activations would make them f32.
bool have_half_scales(Value weights) {
  const Node* multiply = &weights.node();
  if (multiply->is("Convert")) multiply = &multiply->input(0).node();
  if (!multiply->is("Multiply") || multiply->input_count() != 2) return false;
  for (Value scale : {multiply->input(0), multiply->input(1)}) {
    if (scale.node().is("Convert")) scale = scale.node().input(0);
    if (scale.node().constant() != nullptr && is_half(scale.type()) && scale.shape().element_count() > 1) return true;
  }
  return false;
}

bool reaches_half_scales(Value value, int steps = 8) {
  return std::ranges::any_of(value.readers(), [&](const Input& use) {
    const Node& reader = *use.node;
    if (sums_products(reader)) return use.index == 0 && have_half_scales(reader.input(1));
    const bool leads_on = preserves_type(reader) || reader.is("AvgPool") || is_linear(reader);
    return leads_on && reader.output_count() > 0 && steps > 0 && reaches_half_scales(reader.output(0), steps - 1);
  });
}

/// True if a scale behind a value goes past an operation of two activations, into ranges that others share as well.
bool is_joined(Value value, int steps = 8) {
  return std::ranges::any_of(value.readers(), [&](const Input& use) {
    const Node& reader = *use.node;
    if ((reader.is("Add") || reader.is("Multiply")) && !is_linear(reader)) return true;
    return preserves_type(reader) && reader.output_count() > 0 && steps > 0 && is_joined(reader.output(0), steps - 1);
  });
}

/// True if the ends of a range take more room in the file as steps than in real units, in which input and output often
/// share them. Weights that become integers make room for single values; else only the commonest, 0..255 and -128..127,
/// do not count.
bool takes_more_bytes(const Node& node, const StepRange& range, const Ranges& ranges, const PassContext& context) {
  const bool has_room = !context.stored_here.empty();
  const auto bytes = [&](std::size_t count) {
    return count == 1 && !has_room ? sizeof(float) : bytes_in_file(ElementType::f32, {count});
  };
  const auto freed = [&](const SmallTensor& output, const SmallTensor& input) {
    return output.values == input.values ? 0 : bytes(output.values.size());
  };
  const auto &low = range.low.values, &high = range.high.values;
  const bool is_common = low.size() == 1 && high.size() == 1 && (low[0] == 0 || std::abs(low[0] + high[0]) <= 1);
  const auto added = is_common ? 0 : bytes(low.size()) + bytes(high.size());
  return added > freed(ranges.output_low, ranges.input_low) + freed(ranges.output_high, ranges.input_high) ||
         (!has_room && is_joined(node.output(0)));
}

/// On a float edge the steps lie around 0. Where that would put them between the integers, where the runtime would
/// misread them, where several FakeQuantizes have to share a scale, where a way to a kernel needs it, or where the file
/// would grow by it, the range stays in real units, and only what is known of it is handed down: a runtime that rounds
/// does so at one place, its own.
Outcome decompose_on_float_edge(Graph& graph, Node& node, const Ranges& ranges, const StoredType& stored, bool shares,
                                PassContext& context) {
  auto range = around_zero(ranges, stored);
  const bool is_unsafe = context.runtime.against_steps(ranges.levels) ||
                         context.runtime.against_channels_behind(node.input(0), ranges.input_high) ||
                         (!is_uniform(range.scale) && (context.runtime.against_channels_from(node.output(0)) ||
                                                       !is_read_by_kernels(node.output(0))));
  const bool stays = shares || is_unsafe || !is_whole(range.low) || context.markup.needs_scale(node) ||
                     reaches_half_scales(node.output(0)) || takes_more_bytes(node, range, ranges, context);
  const bool is_one = is_uniform(range.scale) && range.scale.values[0] == 1;
  if (!stays && !is_one) {
    replace_range(graph, node, ranges, range, stored, context);
    return rewritten();
  }
  context.markup.choose(node, stored.type);
  context.float_edges[node.output(0)] = {stored.type, range.zero_point, !is_uniform(range.scale)};
  return no_match();
}

/// Refuses a FakeQuantize whose integers nobody would take.
Expected<void> check_readers(const Node& node, const Ranges& ranges, const PassContext& context) {
  if (!is_supported_levels(ranges.levels))
    return refused(Cause::levels_not_supported, "{} levels, should be 15, 16, 255 or 256", ranges.levels);
  if (auto types = context.markup.types(node); !types) return refused(types.error());
  if (!context.goal.has_integer_edges()) {
    if (auto fits = context.markup.check_reaches_kernel(node); !fits) return fits;
    if (node.output(0).type() != ElementType::f32)
      return refused(Cause::half_precision_steps, "its values are {}, in which steps would be rounded",
                     name(node.output(0).type()));
  }
  const Node* reader = node.output(0).single_reader("Convert");
  if (reader != nullptr && is_integer(reader->output(0).type()))
    return refused(Cause::not_a_dequantization, "what reads its integers is not a dequantization");
  return {};
}

}  // namespace

Outcome decompose_fake_quantize(Graph& graph, Node& node, PassContext& context) {
  if (operation_set(node) != "opset1" || !is_real(node.output(0).type()) || constant_path(node.input(0)))
    return no_match();
  const auto ranges = ranges_of(node);
  if (!ranges) return refused(ranges.error());
  if (auto fits = check_readers(node, *ranges, context); !fits) return refused(fits.error());
  const auto stored = choose_type(*ranges, wanted_types(node, *context.markup.types(node), context));
  if (!stored)
    return refused(Cause::levels_not_supported, "its {} levels fit none of the types that its readers take",
                   ranges->levels);
  if (ranges->output_low.values == ranges->output_high.values)
    return refused(Cause::range_of_one_value, "all of its output is one value");
  const auto interval = context.markup.interval(node);
  if (interval && context.markup.interval_is_too_wide(node))
    return refused(Cause::too_few_levels, "the interval {}..{} that it shares leaves too few levels, or levels differ",
                   interval->low, interval->high);
  return context.goal.has_integer_edges()
             ? decompose_to_integers(graph, node, *ranges, *stored, interval, context)
             : decompose_on_float_edge(graph, node, *ranges, *stored, interval.has_value(), context);
}

}  // namespace lpt
