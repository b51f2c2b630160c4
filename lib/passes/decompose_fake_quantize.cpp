// Splits a FakeQuantize on activations into one that gives integers and the dequantization of these.
//
//     x -> FakeQuantize(ol..oh)    =>    x -> FakeQuantize(0..255):u8 -> Dequantize(scale, zero_point)
//     x -> FakeQuantize(ol..oh)    =>    x -> FakeQuantize(ol/scale..oh/scale) -> Multiply(scale)     on real edges
//
// Law     A FakeQuantize has `levels` results at equal distances: its output is scale * (stored - zero_point), with
//         scale = (oh - ol) / (levels - 1).
// Guard   Its readers agree on an integer type. Constant, finite ranges that are not empty. Where several FakeQuantizes
//         have to share one scale, each keeps more than two levels.
// Source  OpenVINO LPT, FakeQuantizeDecompositionTransformation. Where it rounds the ends of a shared interval, real
//         edges keep them.
#include <algorithm>
#include <cmath>
#include <functional>

#include "ops/operation.hpp"
#include "passes/fake_quantizes.hpp"

namespace lpt {
namespace {

/// One real FakeQuantize in the place of quantization and dequantization.
void compose(Graph& graph, Node& node, const SpelledOut& spelled, const Ranges& ranges) {
  const auto real = [&](const SmallTensor& stored) {
    const auto& dq = spelled.dequantization;
    auto value = dq.zero_point ? combined(stored, *dq.zero_point, std::minus<>()) : stored;
    return dq.scale ? product(value, *dq.scale) : value;
  };
  set_range(graph, node, Side::output, real(ranges.output_low), real(ranges.output_high));
  graph.replace(spelled.last->output(0), node.output(0));
}

/// True if the steps are integers that the type of the Convert behind holds, so that it changes none of them.
bool gives_integers_of(const Ranges& ranges, ElementType type) {
  const float low = type == ElementType::i8 ? -128 : 0;
  for (std::size_t i = 0; i < ranges.output_low.values.size(); ++i) {
    const float first = ranges.output_low.values[i], last = ranges.output_high.values[i];
    const bool steps = std::abs(last - first) == static_cast<float>(ranges.levels - 1) && first == std::nearbyint(first);
    if (!steps || std::min(first, last) < low || std::max(first, last) > low + 255) return false;
  }
  return true;
}

bool contains(std::span<const ElementType> types, ElementType type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

std::string range_text(const StepRange& range) {
  return fmt::format("{}..{}", range.low.values[0], range.high.values[0]);
}

Dequantization dequantization_of(const Node& node, const StepRange& range, const StoredType& stored, bool on_real_edge) {
  Dequantization dq;
  dq.type = stored.type;
  dq.real = node.output(0).type();
  dq.zero_point_type = dq.real;
  dq.scale = range.scale;
  dq.zero_point = range.zero_point;
  dq.on_real_edge = on_real_edge;
  const bool is_one = is_uniform(range.scale) && range.scale.values[0] == 1;
  if (on_real_edge && is_one) dq.scale.reset();
  return dq;
}

/// Quantization that the model spells out: what is left to do, or the outcome if nothing is.
std::optional<Outcome> settle_spelled_out(Graph& graph, Node& node, const Ranges& ranges, Conversion& conversion) {
  const auto spelled = spelled_out_below(node, conversion);
  if (!spelled) {
    Node* reader = single_reader(node.output(0));
    const bool converts = reader != nullptr && reader->is("Convert") && is_integer(reader->output(0).type());
    return converts ? std::optional(refused("what reads its integers is not a dequantization")) : std::nullopt;
  }
  const auto type = spelled->dequantization.type;
  if (!gives_integers_of(ranges, type))
    return refused("its steps are not integers of {}, which the Convert behind it cuts them to", name(type));
  if (conversion.has_integer_edges() && contains(conversion.markup.types(node), type)) {
    conversion.markup.choose(node, type);
    graph.replace(spelled->to_integer->output(0), node.output(0));
    relax_types(graph, node, {}, type);
    return rewritten();
  }
  compose(graph, node, *spelled, ranges);
  return std::nullopt;
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
  if (on_real_edge && node.output(0).type() != ElementType::f32)
    return refused("its values are {}, in which steps would be rounded", name(node.output(0).type()));
  if (auto outcome = settle_spelled_out(graph, node, ranges, conversion)) return std::move(*outcome);
  ranges = std::get<Ranges>(ranges_of(node));
  const auto stored = choose_type(ranges, conversion.markup.types(node));
  if (!stored) return refused("its {} levels fit none of the types that its readers take", ranges.levels);
  bool all_one_value = true;
  for (std::size_t i = 0; i < ranges.output_low.values.size(); ++i)
    all_one_value = all_one_value && ranges.output_low.values[i] == ranges.output_high.values[i];
  if (all_one_value) return refused("all of its output is one value");

  StepRange range;
  if (const auto interval = conversion.markup.interval(node)) {
    if (conversion.markup.interval_is_too_wide(node))
      return refused("the interval {}..{} that it shares leaves too few levels, or levels differ", interval->low,
                     interval->high);
    range = on_real_edge ? around_zero_in_interval(ranges, *stored, *interval) : in_interval(ranges, *stored, *interval);
    if (range.levels <= 2) return refused("the interval {}..{} that it shares leaves it {} levels", interval->low,
                                          interval->high, range.levels);
    if (!on_real_edge && range.levels != ranges.levels)
      conversion.depart(node, fmt::format("{} of {} levels, {}, by up to half a step, for one scale with its neighbours", range.levels,
                             ranges.levels, range_text(range)));
  } else {
    range = on_real_edge ? around_zero(ranges, *stored) : in_integers(ranges, *stored);
  }
  const auto dq = dequantization_of(node, range, *stored, on_real_edge);
  conversion.undecomposed[{&graph, node.id()}] = {node.input(3), node.input(4), dq};
  for (const std::size_t port : {3, 4}) graph.hold(const_cast<Node&>(node.input(port).node()));
  const bool changes = !on_real_edge || dq.scale;
  if (changes) set_range(graph, node, Side::output, range.low, range.high);
  if (!on_real_edge) {
    relax_types(graph, node, {}, stored->type);
    if (range.levels != ranges.levels) graph.set_attribute(node, "levels", std::to_string(range.levels));
  }
  conversion.markup.choose(node, stored->type);
  dequantize_output(graph, node, 0, dq, conversion.real_edges);
  return changes ? rewritten() : no_match();
}

}  // namespace lpt
