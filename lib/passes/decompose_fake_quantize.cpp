// Splits a FakeQuantize on activations into one that gives integers and the dequantization of these.
//
//     x -> FakeQuantize(ol..oh)    =>    x -> FakeQuantize(0..255):u8 -> Dequantize(scale, zero_point)
//     x -> FakeQuantize(ol..oh)    =>    x -> FakeQuantize(ol/scale..oh/scale) -> Multiply(scale)     on real edges
//
// Law     A FakeQuantize has `levels` results at equal distances: its output is scale * (stored - zero_point), with
//         scale = (oh - ol) / (levels - 1).
// Guard   Its readers agree on an integer type. On real edges one of them, or what is behind it, works on integers.
//         Constant, finite ranges that are not empty. Where several FakeQuantizes have to share one scale, each keeps
//         more than two levels.
// Source  OpenVINO LPT, FakeQuantizeDecompositionTransformation. Where it rounds the ends of a shared interval, real
//         edges keep them.
#include <algorithm>
#include <cmath>
#include <functional>

#include "ops/operation.hpp"
#include "passes/fake_quantizes.hpp"

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

/// Gives a FakeQuantize a range in steps, and dequantizes what it gives.
void replace_range(Graph& graph, Node& node, const Ranges& ranges, const StepRange& range, const StoredType& stored,
                   Conversion& conversion) {
  const bool on_real_edge = !conversion.has_integer_edges();
  Dequantization dq;
  dq.type = stored.type;
  dq.real = node.output(0).type();
  dq.zero_point_type = dq.real;
  dq.scale = range.scale;
  dq.zero_point = range.zero_point;
  dq.on_real_edge = on_real_edge;
  conversion.undecomposed[{&graph, node.id()}] = {node.input(3), node.input(4), std::to_string(ranges.levels), dq};
  for (const std::size_t port : {3, 4}) graph.hold(const_cast<Node&>(node.input(port).node()));
  set_range(graph, node, Side::output, range.low, range.high);
  if (!on_real_edge) graph.set_output(node, 0, stored.type, node.output(0).shape());
  conversion.markup.choose(node, stored.type);
  dequantize_output(graph, node, 0, dq, conversion.real_edges);
}

/// What the readers take; of these the type that the model itself quantizes to, if it does.
std::vector<ElementType> wanted_types(const Node& node, const Conversion& conversion) {
  const auto types = conversion.markup.types(node);
  const auto spelled = conversion.spelled_type(node);
  const bool keeps = spelled && std::find(types.begin(), types.end(), *spelled) != types.end();
  return keeps ? std::vector{*spelled} : std::vector(types.begin(), types.end());
}

Outcome decompose_to_integers(Graph& graph, Node& node, const Ranges& ranges, const StoredType& stored,
                              std::optional<Interval> interval, Conversion& conversion) {
  const auto range = interval ? in_interval(ranges, stored, *interval) : in_integers(ranges, stored);
  if (range.levels <= 2)
    return refused("the interval {}..{} that it shares leaves it {} levels", interval->low, interval->high,
                   range.levels);
  if (interval && (range.levels != ranges.levels || has_fraction(range, ranges)))
    conversion.depart(node, fmt::format("{} of {} levels, {}, by up to half a step, for one scale with its neighbours",
                                        range.levels, ranges.levels, range_text(range)));
  replace_range(graph, node, ranges, range, stored, conversion);
  relax_fake_quantize(graph, node, stored.type);
  if (range.levels != ranges.levels) graph.set_attribute(node, "levels", std::to_string(range.levels));
  return rewritten();
}

/// On a real edge the steps lie around 0. Where that would put them between the integers, or where several
/// FakeQuantizes have to share a scale, the range stays in real units, and only what is known of it is handed down:
/// a runtime that rounds does so at one place, its own.
Outcome decompose_on_real_edge(Graph& graph, Node& node, const Ranges& ranges, const StoredType& stored, bool shares,
                               Conversion& conversion) {
  auto range = around_zero(ranges, stored);
  const auto is_whole = [](const SmallTensor& end) {
    return std::all_of(end.values.begin(), end.values.end(), [](float v) { return v == std::nearbyint(v); });
  };
  const bool is_unsafe = is_unsafe_behind(node.input(0), ranges.input_high, conversion) ||
                         (!is_uniform(range.scale) && channels_are_unsafe_in(node.output(0)));
  const bool stays = shares || is_unsafe || !is_whole(range.low);
  const bool is_one = is_uniform(range.scale) && range.scale.values[0] == 1;
  if (!stays && !is_one) {
    replace_range(graph, node, ranges, range, stored, conversion);
    return rewritten();
  }
  conversion.markup.choose(node, stored.type);
  conversion.real_edges.set(node.output(0), {stored.type, range.zero_point, !is_uniform(range.scale)});
  return no_match();
}

}  // namespace

Outcome decompose_fake_quantize(Graph& graph, Node& node, Conversion& conversion) {
  if (operation_set(node) != "opset1" || !is_real(node.output(0).type()) || constant_path(node.input(0)))
    return no_match();
  auto found = ranges_of(node);
  if (auto* reason = std::get_if<std::string>(&found)) return refused("{}", *reason);
  auto& ranges = std::get<Ranges>(found);
  if (!is_supported_levels(ranges.levels)) return refused("{} levels, should be 15, 16, 255 or 256", ranges.levels);
  if (conversion.markup.types(node).empty()) return refused("its readers agree on no integer type");
  const bool on_real_edge = !conversion.has_integer_edges();
  if (on_real_edge && !conversion.markup.reaches_kernel(node))
    return refused("no operation behind it works on integers");
  if (on_real_edge && node.output(0).type() != ElementType::f32)
    return refused("its values are {}, in which steps would be rounded", name(node.output(0).type()));
  if (const Node* reader = single_reader(node.output(0));
      reader != nullptr && reader->is("Convert") && is_integer(reader->output(0).type()))
    return refused("what reads its integers is not a dequantization");
  const auto stored = choose_type(ranges, wanted_types(node, conversion));
  if (!stored) return refused("its {} levels fit none of the types that its readers take", ranges.levels);
  bool all_one_value = true;
  for (std::size_t i = 0; i < ranges.output_low.values.size(); ++i)
    all_one_value = all_one_value && ranges.output_low.values[i] == ranges.output_high.values[i];
  if (all_one_value) return refused("all of its output is one value");

  const auto interval = conversion.markup.interval(node);
  if (interval && conversion.markup.interval_is_too_wide(node))
    return refused("the interval {}..{} that it shares leaves too few levels, or levels differ", interval->low,
                   interval->high);
  return on_real_edge ? decompose_on_real_edge(graph, node, ranges, *stored, interval.has_value(), conversion)
                      : decompose_to_integers(graph, node, ranges, *stored, interval, conversion);
}

}  // namespace lpt
