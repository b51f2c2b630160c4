#include "passes/markup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ops/operation.hpp"
#include "passes/linear.hpp"
#include "passes/weights.hpp"

namespace lpt {
namespace {

using enum ElementType;

bool is_one_of(std::string_view type, std::span<const std::string_view> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

constexpr std::array<std::string_view, 21> kPreserving{
    "BatchToSpace", "Broadcast", "Concat",    "DepthToSpace", "Gather",    "Interpolate", "MaxPool",
    "Pad",          "ReduceMax", "ReduceMin", "ReLU",         "Reshape",   "Slice",       "ShuffleChannels",
    "SpaceToBatch", "Split",     "Squeeze",   "StridedSlice", "Transpose", "Unsqueeze",   "VariadicSplit"};

constexpr std::array<std::string_view, 20> kOthers{"Add",          "AvgPool",     "Clamp",
                                                   "Convert",      "Convolution", "ConvolutionBackpropData",
                                                   "FakeQuantize", "GRUSequence", "GroupConvolution",
                                                   "LSTMSequence", "MVN",         "MatMul",
                                                   "Multiply",     "NormalizeL2", "PReLU",
                                                   "ReduceMean",   "ReduceSum",   "Result",
                                                   "Subtract",     "Assign"};

bool is_known(const Node& node) { return is_one_of(node.type(), kPreserving) || is_one_of(node.type(), kOthers); }

bool is_fake_quantize(const Node& node) { return node.is("FakeQuantize"); }

bool has_output_rank(const Node& node) {
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    if (!node.output(i).shape().has_rank()) return false;
  }
  return true;
}

/// The FakeQuantize right above a value, or above the Convert and dequantization that the model spells out below one.
const Node* quantizer_above(Value value, const RealEdges& edges) {
  if (is_fake_quantize(value.node())) return &value.node();
  const auto dequantization = Dequantization::producing(value, edges);
  if (!dequantization) return nullptr;
  const Node* node = &dequantization->stored.node();
  if (node->is("Convert")) node = &node->input(0).node();
  return is_fake_quantize(*node) ? node : nullptr;
}

std::vector<ElementType> intersection(const std::vector<ElementType>& order, const std::vector<ElementType>& other) {
  std::vector<ElementType> result;
  for (const auto type : order) {
    if (std::find(other.begin(), other.end(), type) != other.end()) result.push_back(type);
  }
  return result;
}

bool is_bias_add(const Node& node) {
  if (!node.is("Add") || node.input_count() != 2) return false;
  const Node& layer = node.input(0).node();
  const Node& constant = node.input(1).node();
  if (!(is_convolution(layer) || layer.is("MatMul")) || !layer.output(0).shape().has_rank()) return false;
  if (constant.constant() == nullptr) return false;
  const Shape& shape = constant.output(0).shape();
  std::size_t wide = 0;
  for (std::size_t i = 0; i < shape.rank(); ++i) wide += shape[i].min != 1;
  return wide <= 1;
}

/// The interval that a FakeQuantize without channels gives, in real units.
std::optional<Interval> interval_of(const Node& node, const Ranges& ranges, const RealEdges& edges) {
  if (!is_uniform(ranges.output_low) || !is_uniform(ranges.output_high)) return std::nullopt;
  float low = ranges.output_low.values[0], high = ranges.output_high.values[0];
  // A spelled-out dequantization behind it counts.
  Value value = node.output(0);
  while (value.use_count() == 1 && value.node().output_port(0).first_use->node->is("Convert"))
    value = value.node().output_port(0).first_use->node->output(0);
  for (const Input* use = value.node().output_port(0).first_use; use != nullptr; use = use->next_use) {
    Value below = use->node->output_count() == 1 ? use->node->output(0) : Value();
    if (below && use->node->is("Subtract") && use->node->output(0).use_count() == 1)
      below = use->node->output_port(0).first_use->node->output_count() == 1
                  ? use->node->output_port(0).first_use->node->output(0)
                  : Value();
    if (!below || !below.node().is("Multiply")) continue;
    const auto dequantization = Dequantization::producing(below, edges);
    if (!dequantization || quantizer_above(below, edges) != &node || !dequantization->scale ||
        !is_uniform(*dequantization->scale))
      continue;
    low *= dequantization->scale->values[0];
    high *= dequantization->scale->values[0];
    break;
  }
  return Interval{std::min(low, high), std::max(low, high)};
}

/// Levels that are left to the narrower of two that share an interval.
std::uint64_t levels_in(Interval narrow, Interval shared, std::uint64_t levels) {
  if (shared.low == shared.high) return 1;
  const StoredType stored{u8, {0, static_cast<double>(levels - 1)}, true};
  return in_interval({scalar(0), scalar(1), scalar(narrow.low), scalar(narrow.high), levels}, stored, shared).levels;
}

}  // namespace

bool is_convolution(const Node& node) {
  static constexpr std::array<std::string_view, 4> kTypes{"Convolution", "GroupConvolution", "ConvolutionBackpropData",
                                                          "GroupConvolutionBackpropData"};
  return is_one_of(node.type(), kTypes);
}

bool preserves_type(const Node& node) { return is_one_of(node.type(), kPreserving); }

std::vector<std::size_t> output_channel_axes(const Node& node) {
  if (node.is("ConvolutionBackpropData")) return {1};
  if (node.is("GroupConvolution")) return {0, 1};
  if (node.is("GroupConvolutionBackpropData")) return {0, 2};
  return {0};
}

std::variant<Dequantization, std::string> quantized_weights(const Node& node, const RealEdges& edges) {
  if (node.input_count() < 2) return std::string("it has no weights");
  auto weights = Dequantization::producing_constant(node.input(1), edges);
  if (!weights) return std::string("its weights are not quantized");
  const Value stored = weights->stored;
  if (stored.node().constant() == nullptr || !stored.shape().is_static())
    return std::string("its weights are no constant");
  if (!is_low_precision(stored.type())) return fmt::format("its weights are of type {}", name(stored.type()));
  if (!weights->scale) return std::string("its weights have no scale");
  const auto axes = output_channel_axes(node);
  for (const auto* parameter : {&weights->scale, &weights->zero_point}) {
    if (!*parameter || (*parameter)->values.size() == 1) continue;
    const auto wide = wide_axes(aligned(**parameter, stored.shape().rank()));
    const bool fits = (*parameter)->shape.rank() == stored.shape().rank() &&
                      std::all_of(wide.begin(), wide.end(), [&](std::size_t axis) {
                        return std::find(axes.begin(), axes.end(), axis) != axes.end();
                      });
    if (!fits)
      return fmt::format("the {} of its weights, of shape [{}], does not lie along the output channels",
                         parameter == &weights->scale ? "scale" : "zero point", (*parameter)->shape.to_string());
  }
  return std::move(*weights);
}

std::size_t Markup::Groups::add(Shared value) {
  parents.push_back(parents.size());
  values.push_back(std::move(value));
  return parents.size() - 1;
}

std::size_t Markup::Groups::root(std::size_t group) const {
  while (parents[group] != group) group = parents[group] = parents[parents[group]];
  return group;
}

const Markup::NodeFacts* Markup::find(const Node& node) const {
  const auto found = facts_.find(key(node));
  return found == facts_.end() ? nullptr : &found->second;
}

void Markup::add(const Graph& graph, const Target& target, const RealEdges& edges) {
  const auto order = graph.topological_order().nodes;
  bool has_concat = false;
  for (const Node* node : order) {
    look_at(*node, target, edges);
    has_concat = has_concat || node->is("Concat");
  }
  for (auto node = order.rbegin(); node != order.rend(); ++node) look_ahead(**node, target, edges);
  for (const Node* node : order) share_averages(*node);
  for (const Node* node : order) share_types(*node, target, edges);
  if (!has_concat) return;
  for (const Node* node : order) share_intervals(*node, edges);
  for (const Node* node : order) mark_aligned_readers(*node, target, edges);
}

void Markup::look_at(const Node& node, const Target& target, const RealEdges& edges) {
  if (node.input_count() == 0) return;
  bool disabled = false;
  if (is_convolution(node)) disabled = std::holds_alternative<std::string>(quantized_weights(node, edges));
  const bool stated = target.types(node, 0) != nullptr;
  if (!is_known(node) && !stated) disabled = true;
  if (!has_output_rank(node)) disabled = true;
  if (const auto above = Dequantization::producing(node.input(0), edges)) {
    if (not_per_channel(*above, node.input(0).shape())) disabled = true;
  }
  const bool average = node.is("AvgPool");
  const bool bias = is_bias_add(node);
  if (!disabled && !average && !bias) return;
  auto& facts = this->facts(node);
  facts.disabled = disabled;
  facts.avg_pool = average;
  facts.bias = bias;
}

void Markup::look_ahead(const Node& node, const Target& target, const RealEdges& edges) {
  const auto is_quantized = [&](Value value) {
    return may_be_quantized(value) || Dequantization::producing_constant(value, edges).has_value();
  };
  const auto leads_on = [&](const Node& reader, std::size_t port) {
    if (target.types(reader, port) != nullptr)
      return can_be_quantized(reader) && (!reader.is("MatMul") || is_quantized(reader.input(1 - port)));
    return reaches_kernel(reader) && (preserves_type(reader) || reader.is("AvgPool") || is_linear(reader));
  };
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    for (const Input* use = node.output_port(i).first_use; use != nullptr; use = use->next_use) {
      if (!leads_on(*use->node, use->index)) continue;
      facts(node).reaches_kernel = true;
      return;
    }
  }
}

const Node& Markup::producer(const Node& node, std::size_t port, const RealEdges& edges) const {
  const Node* quantizer = quantizer_above(node.input(port), edges);
  return quantizer != nullptr ? *quantizer : node.input(port).node();
}

void Markup::share_averages(const Node& node) {
  const bool carries = (preserves_type(node) || node.is("AvgPool")) && can_be_quantized(node);
  std::optional<std::size_t> own;
  if (node.is("AvgPool") && carries) own = averages_.add({});
  for (std::size_t port = 0; port < node.input_count(); ++port) {
    const auto* above = find(node.input(port).node());
    if (above == nullptr || !above->average) continue;
    if (carries) {
      if (own) {
        averages_[*own].preserves_average |= averages_[*above->average].preserves_average;
        averages_.parents[averages_.root(*above->average)] = averages_.root(*own);
      } else {
        own = above->average;
      }
    } else if (!is_fake_quantize(node) && !node.is("Result") && can_be_quantized(node)) {
      averages_[*above->average].preserves_average = true;
    }
  }
  if (own) facts(node).average = own;
}

std::optional<std::size_t> Markup::merge_types(std::span<const std::size_t> groups) {
  if (groups.empty()) return std::nullopt;
  const auto first = types_.root(groups[0]);
  for (const auto group : groups) {
    const auto other = types_.root(group);
    if (other == first) continue;
    types_.values[first].types = intersection(types_.values[first].types, types_.values[other].types);
    types_.parents[other] = first;
  }
  return first;
}

void Markup::share_types(const Node& node, const Target& target, const RealEdges& edges) {
  if (is_fake_quantize(node)) {
    facts(node).types = types_.add({{u8, i8}, 0, {}, {}, 0, false, false});
    return;
  }
  if (node.input_count() == 0 || !can_be_quantized(node)) return;
  const auto group_above = [&](std::size_t port) -> std::optional<std::size_t> {
    const auto* above = find(producer(node, port, edges));
    return above != nullptr ? above->types : std::nullopt;
  };
  if (preserves_type(node) || keeps_integers(node)) {
    std::vector<std::size_t> groups;
    for (std::size_t port = 0; port < node.input_count(); ++port) {
      if (const auto group = group_above(port)) groups.push_back(*group);
    }
    if (const auto merged = merge_types(groups)) facts(node).types = merged;
  }
  for (const auto* restriction : target.restrictions_of(node)) {
    std::vector<std::size_t> groups{types_.add({restriction->types, 0, {}, {}, 0, false, false})};
    for (const auto port : restriction->ports) {
      if (port >= node.input_count()) continue;
      if (const auto group = group_above(port)) groups.push_back(*group);
    }
    merge_types(groups);
  }
}

void Markup::merge_intervals(std::size_t into, std::size_t group) {
  const auto a = intervals_.root(into), b = intervals_.root(group);
  if (a == b) return;
  Shared& first = intervals_.values[a];
  const Shared second = intervals_.values[b];
  intervals_.parents[b] = a;
  if (first.levels != second.levels) first.levels = first.least_levels = 0;
  first.interval = Interval{std::min(first.interval->low, second.interval->low),
                            std::max(first.interval->high, second.interval->high)};
  const auto length = [](Interval i) { return i.high - i.low; };
  if (length(*second.smallest) < length(*first.smallest)) first.smallest = second.smallest;
  if (first.levels != 0) {
    first.least_levels =
        std::min({first.least_levels, second.least_levels, levels_in(*first.smallest, *first.interval, first.levels)});
  }
}

void Markup::share_intervals(const Node& node, const RealEdges& edges) {
  if (is_fake_quantize(node)) {
    auto ranges = ranges_of(node);
    const auto* usable = std::get_if<Ranges>(&ranges);
    if (usable == nullptr || !is_supported_levels(usable->levels)) return;
    if (const auto interval = interval_of(node, *usable, edges))
      facts(node).interval = intervals_.add({{}, usable->levels, interval, interval, usable->levels, false, false});
    return;
  }
  if (!(preserves_type(node) || keeps_integers(node)) || !can_be_quantized(node)) return;
  std::optional<std::size_t> interval, alignment;
  bool only_quantizers = true, any_quantizer = false;
  for (std::size_t port = 0; port < node.input_count(); ++port) {
    const Node& above = producer(node, port, edges);
    const bool quantizer = is_fake_quantize(above);
    any_quantizer = any_quantizer || quantizer;
    only_quantizers = only_quantizers && (quantizer || above.is("Const"));
    const auto* facts = find(above);
    if (facts == nullptr) continue;
    if (facts->interval) {
      if (interval) merge_intervals(*interval, *facts->interval);
      interval = interval ? interval : facts->interval;
    }
    if (facts->alignment) {
      if (alignment) alignments_.parents[alignments_.root(*facts->alignment)] = alignments_.root(*alignment);
      alignment = alignment ? alignment : facts->alignment;
    }
  }
  if (only_quantizers && any_quantizer && !alignment) alignment = alignments_.add({});
  if (interval) facts(node).interval = interval;
  if (alignment) facts(node).alignment = alignment;
}

void Markup::mark_aligned_readers(const Node& node, const Target& target, const RealEdges& edges) {
  if (preserves_type(node) || keeps_integers(node) || is_fake_quantize(node) || !can_be_quantized(node)) return;
  for (std::size_t port = 0; port < node.input_count(); ++port) {
    if (!target.needs_per_tensor(node, port)) return;
    const auto* above = find(producer(node, port, edges));
    if (above != nullptr && above->alignment) alignments_[*above->alignment].aligned = true;
  }
}

std::span<const ElementType> Markup::types(const Node& fake_quantize) const {
  const auto* facts = find(fake_quantize);
  if (facts == nullptr || !facts->types) return {};
  return types_[*facts->types].types;
}

void Markup::choose(const Node& fake_quantize, ElementType type) {
  if (const auto* facts = find(fake_quantize); facts != nullptr && facts->types) types_[*facts->types].types = {type};
}

std::optional<Interval> Markup::interval(const Node& fake_quantize) const {
  const auto* own = find(fake_quantize);
  if (own == nullptr || !own->interval) return std::nullopt;
  for (const Input* use = fake_quantize.output_port(0).first_use; use != nullptr; use = use->next_use) {
    const auto* reader = find(*use->node);
    if (reader != nullptr && reader->alignment && alignments_[*reader->alignment].aligned)
      return intervals_[*own->interval].interval;
  }
  return std::nullopt;
}

bool Markup::interval_is_too_wide(const Node& fake_quantize) const {
  const auto* own = find(fake_quantize);
  return own != nullptr && own->interval && intervals_[*own->interval].least_levels <= 2;
}

bool Markup::can_be_quantized(const Node& node) const {
  const auto* facts = find(node);
  return facts == nullptr || !facts->disabled;
}

bool Markup::reaches_kernel(const Node& node) const {
  const auto* facts = find(node);
  return facts != nullptr && facts->reaches_kernel;
}

bool Markup::keeps_integers(const Node& avg_pool) const {
  const auto* facts = find(avg_pool);
  return facts != nullptr && facts->avg_pool && facts->average && averages_[*facts->average].preserves_average;
}

bool Markup::is_bias(const Node& add) const {
  const auto* facts = find(add);
  return facts != nullptr && facts->bias;
}

}  // namespace lpt
