#include "driver/markup.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ops/facts.hpp"
#include "ops/operation.hpp"
#include "runtime/facts.hpp"

namespace lpt {
namespace {

bool is_fake_quantize(const Node& node) { return node.is("FakeQuantize"); }

/// The FakeQuantize right above a value, or above the Convert and dequantization that the model spells out below one.
const Node* quantizer_above(Value value, const FloatEdges& edges) {
  if (is_fake_quantize(value.node())) return &value.node();
  const auto dequantization = Dequantization::producing(value, edges);
  if (!dequantization) return nullptr;
  const Node* node = &dequantization->stored.node();
  if (node->is("Convert")) node = &node->input(0).node();
  return is_fake_quantize(*node) ? node : nullptr;
}

/// The quantizer above an input, or what else gives it.
const Node& producer(const Node& node, std::size_t port, const FloatEdges& edges) {
  const Node* quantizer = quantizer_above(node.input(port), edges);
  return quantizer != nullptr ? *quantizer : node.input(port).node();
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
  const bool constant_first = sums_products(node.input(1).node());
  const Value layer = node.input(constant_first ? 1 : 0), constant = node.input(constant_first ? 0 : 1);
  if (!sums_products(layer.node()) || !layer.shape().has_rank() || !constant_path(constant)) return false;
  const Shape& shape = constant.shape();
  std::size_t wide = 0;
  for (std::size_t i = 0; i < shape.rank(); ++i) wide += shape[i].min != 1;
  return wide <= 1;
}

/// The uniform scale of a dequantization that the model spells out below a FakeQuantize; empty if there is none.
std::optional<float> scale_spelled_out_below(const Node& fake_quantize, const FloatEdges& edges) {
  Value value = fake_quantize.output(0);
  while (const Node* convert = value.single_reader("Convert")) value = convert->output(0);
  for (const Input& use : value.readers()) {
    const Node* last = use.node;
    if (last->is("Subtract")) last = last->output(0).single_reader();
    if (last == nullptr || !last->is("Multiply") || quantizer_above(last->output(0), edges) != &fake_quantize) continue;
    const auto dequantization = Dequantization::producing(last->output(0), edges);
    if (dequantization->scale && is_uniform(*dequantization->scale)) return dequantization->scale->values[0];
  }
  return std::nullopt;
}

/// The interval that a FakeQuantize without channels gives, in real units.
std::optional<Interval> interval_of(const Node& node, const Ranges& ranges, const FloatEdges& edges) {
  if (!is_uniform(ranges.output_low) || !is_uniform(ranges.output_high)) return std::nullopt;
  const float scale = scale_spelled_out_below(node, edges).value_or(1);
  const float low = ranges.output_low.values[0] * scale, high = ranges.output_high.values[0] * scale;
  return Interval{std::min(low, high), std::max(low, high)};
}

/// Levels that are left to the narrower of two that share an interval.
std::uint64_t levels_in(Interval narrow, Interval shared, std::uint64_t levels) {
  if (shared.low == shared.high) return 1;
  const StoredType stored{ElementType::u8, {0, static_cast<double>(levels - 1)}, true};
  return in_interval({{scalar(0), scalar(1), scalar(narrow.low), scalar(narrow.high)}, levels}, stored, shared).levels;
}

/// Refuses what no dequantization can pass, whatever feeds it.
Expected<void> check_operation(const Node& node, const Target& target, const FloatEdges& edges) {
  const auto* known = find_facts(node.type());
  if (known != nullptr && node.input_count() < known->least_inputs)
    return refused(Cause::layer_not_understood, "it has {} inputs, needs at least {}", node.input_count(),
                   known->least_inputs);
  if (is_convolution(node)) {
    if (auto weights = quantized_weights(node, edges); !weights) return refused(weights.error());
  }
  if ((known == nullptr || known->integers == OperationFacts::stated) && target.types(node, 0) == nullptr)
    return refused(Cause::operation_not_transformed, "the transformations do not know the operation {}", node.type());
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    if (!node.output(i).shape().has_rank()) return refused(Cause::rank_unknown, "the rank of its output is not known");
  }
  const auto above = Dequantization::producing(node.input(0), edges);
  return above ? check_per_channel(*above, node.input(0).shape()) : Expected<void>{};
}

}  // namespace

Expected<Dequantization> quantized_weights(const Node& node, const FloatEdges& edges) {
  auto weights = Dequantization::producing_constant(node.input(1), edges);
  if (!weights) return refused(Cause::weights_not_quantized, "its weights are not quantized");
  const Value stored = weights->stored;
  if (stored.node().constant() == nullptr || !stored.shape().is_static())
    return refused(Cause::weights_not_constant, "its weights are no constant");
  if (!is_low_precision(stored.type()))
    return refused(Cause::weights_of_other_type, "its weights are of type {}", name(stored.type()));
  if (!weights->scale) return refused(Cause::weights_not_quantized, "its weights have no scale");
  const auto& axes = find_facts(node.type())->output_channel_axes;
  for (const auto member : Dequantization::kParameters) {
    const auto& parameter = *weights.*member;
    if (!parameter || parameter->values.size() == 1) continue;
    const auto rank = stored.shape().rank();
    if (parameter->shape.rank() != rank || !varies_only_along(*parameter, axes, rank))
      return refused(Cause::weights_scale_off_channels,
                     "the {} of its weights, of shape [{}], does not lie along the output channels",
                     Dequantization::name_of(member), parameter->shape);
  }
  return std::move(*weights);
}

void Markup::add(const Graph& graph, const Target& target, const FloatEdges& edges) {
  auto order = graph.topological_order().nodes;
  std::erase_if(order, [](const Node* node) { return !node->is_live(); });
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

void Markup::look_at(const Node& node, const Target& target, const FloatEdges& edges) {
  if (node.input_count() == 0) return;
  if (auto fits = check_operation(node, target, edges); !fits) facts(node).disabled = std::move(fits.error());
  if (is_bias_add(node)) facts(node).bias = true;
}

void Markup::look_ahead(const Node& node, const Target& target, const FloatEdges& edges) {
  const auto is_quantized = [&](Value value) {
    return may_be_quantized(value) || Dequantization::producing_constant(value, edges).has_value();
  };
  NodeFacts found;
  const auto look_at_use = [&](const Node& reader, std::size_t port) {
    if (target.types(reader, port) != nullptr) {
      const bool takes = is_enabled(reader) && (!reader.is("MatMul") || is_quantized(reader.input(1 - port)));
      found.reaches_kernel |= takes;
      found.needs_scale |= takes && is_recurrent_sequence(reader);
      return;
    }
    const bool averages = reader.is("AvgPool");
    if (!facts(reader).reaches_kernel || !(preserves_type(reader) || averages || is_linear(reader))) return;
    found.reaches_kernel = true;
    found.needs_scale |= averages || (is_linear(reader) && !reader.is("Multiply")) || facts(reader).needs_scale;
  };
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    for (const Input& use : node.output(i).readers()) look_at_use(*use.node, use.index);
  }
  if (!found.reaches_kernel) return;
  facts(node).reaches_kernel = true;
  facts(node).needs_scale = found.needs_scale;
}

void Markup::share_averages(const Node& node) {
  const bool carries = (preserves_type(node) || node.is("AvgPool")) && is_enabled(node);
  std::optional<std::size_t> own;
  if (node.is("AvgPool") && carries) own = averages_.add(false);
  for (std::size_t port = 0; port < node.input_count(); ++port) {
    const auto* above = facts_.find(node.input(port).node());
    if (above == nullptr || !above->average) continue;
    if (carries && own) {
      averages_[*own] |= averages_[*above->average];
      averages_.merge(*own, *above->average);
    } else if (carries) {
      own = above->average;
    } else if (!is_fake_quantize(node) && !node.is("Result") && is_enabled(node)) {
      averages_[*above->average] = true;
    }
  }
  if (own) facts(node).average = own;
}

std::optional<std::size_t> Markup::merge_types(std::span<const std::size_t> groups, const Node& reader) {
  if (groups.empty()) return std::nullopt;
  for (const auto group : groups) {
    if (types_.are_one(groups[0], group)) continue;
    auto& all = types_[groups[0]];
    const auto& other = types_[group];
    if (!all.none_left) all.none_left = other.none_left;
    all.types = intersection(all.types, other.types);
    types_.merge(groups[0], group);
    if (all.types.empty() && !all.none_left)
      all.none_left = refusal(Cause::readers_agree_on_no_type,
                              "its readers agree on no integer type: \"{}\" ({}) takes none that the others do",
                              reader.name(), reader.type())
                          .blaming(reader);
  }
  return groups[0];
}

bool Markup::passes_types(const Node& node) const { return preserves_type(node) || keeps_integers(node); }

void Markup::share_types(const Node& node, const Target& target, const FloatEdges& edges) {
  if (is_fake_quantize(node)) {
    facts(node).types = types_.add({{ElementType::u8, ElementType::i8}, {}});
    return;
  }
  if (node.input_count() == 0 || !is_enabled(node)) return;
  const auto group_above = [&](std::size_t port) -> std::optional<std::size_t> {
    const auto* above = facts_.find(producer(node, port, edges));
    return above != nullptr ? above->types : std::nullopt;
  };
  if (passes_types(node)) {
    std::vector<std::size_t> groups;
    for (std::size_t port = 0; port < node.input_count(); ++port) {
      if (const auto group = group_above(port)) groups.push_back(*group);
    }
    if (const auto merged = merge_types(groups, node)) facts(node).types = merged;
  }
  for (const auto* restriction : target.restrictions_of(node)) {
    std::vector<std::size_t> groups{types_.add({restriction->types, {}})};
    for (const auto port : restriction->ports) {
      if (port >= node.input_count()) continue;
      if (const auto group = group_above(port)) groups.push_back(*group);
    }
    merge_types(groups, node);
  }
}

void Markup::merge_intervals(std::size_t into, std::size_t group) {
  if (intervals_.are_one(into, group)) return;
  SharedInterval& first = intervals_[into];
  const SharedInterval second = intervals_[group];
  intervals_.merge(into, group);
  if (first.levels != second.levels) first.levels = first.least_levels = 0;
  first.all = {std::min(first.all.low, second.all.low), std::max(first.all.high, second.all.high)};
  const auto length = [](Interval i) { return i.high - i.low; };
  if (length(second.smallest) < length(first.smallest)) first.smallest = second.smallest;
  if (first.levels != 0) {
    first.least_levels =
        std::min({first.least_levels, second.least_levels, levels_in(first.smallest, first.all, first.levels)});
  }
}

void Markup::share_intervals(const Node& node, const FloatEdges& edges) {
  if (is_fake_quantize(node)) {
    const auto ranges = ranges_of(node);
    if (!ranges || !is_supported_levels(ranges->levels)) return;
    if (const auto interval = interval_of(node, *ranges, edges))
      facts(node).interval = intervals_.add({*interval, *interval, ranges->levels, ranges->levels});
    return;
  }
  if (!passes_types(node) || !is_enabled(node)) return;
  std::optional<std::size_t> interval, alignment;
  bool only_quantizers = true, any_quantizer = false;
  for (std::size_t port = 0; port < node.input_count(); ++port) {
    const Node& above = producer(node, port, edges);
    const bool quantizer = is_fake_quantize(above);
    any_quantizer = any_quantizer || quantizer;
    only_quantizers = only_quantizers && (quantizer || above.is("Const"));
    const auto* facts = facts_.find(above);
    if (facts == nullptr) continue;
    if (facts->interval) {
      if (interval) merge_intervals(*interval, *facts->interval);
      interval = interval ? interval : facts->interval;
    }
    if (facts->alignment) {
      if (alignment) alignments_.merge(*alignment, *facts->alignment);
      alignment = alignment ? alignment : facts->alignment;
    }
  }
  if (only_quantizers && any_quantizer && !alignment) alignment = alignments_.add(false);
  if (interval) facts(node).interval = interval;
  if (alignment) facts(node).alignment = alignment;
}

void Markup::mark_aligned_readers(const Node& node, const Target& target, const FloatEdges& edges) {
  if (passes_types(node) || is_fake_quantize(node) || !is_enabled(node)) return;
  for (std::size_t port = 0; port < node.input_count(); ++port) {
    if (!target.needs_per_tensor(node, port)) return;
    const auto* above = facts_.find(producer(node, port, edges));
    if (above != nullptr && above->alignment) alignments_[*above->alignment] = true;
  }
}

Expected<std::span<const ElementType>> Markup::types(const Node& fake_quantize) const {
  const auto* facts = facts_.find(fake_quantize);
  if (facts == nullptr || !facts->types)
    return refused(Cause::readers_agree_on_no_type, "its readers were not looked at");
  const auto& shared = types_[*facts->types];
  if (shared.none_left) return refused(*shared.none_left);
  return std::span<const ElementType>(shared.types);
}

void Markup::choose(const Node& fake_quantize, ElementType type) {
  const auto* facts = facts_.find(fake_quantize);
  if (facts != nullptr && facts->types) types_[*facts->types].types = {type};
}

std::optional<Interval> Markup::interval(const Node& fake_quantize) const {
  const auto* own = facts_.find(fake_quantize);
  if (own == nullptr || !own->interval) return std::nullopt;
  for (const Input& use : fake_quantize.output(0).readers()) {
    const auto* reader = facts_.find(*use.node);
    if (reader != nullptr && reader->alignment && alignments_[*reader->alignment])
      return intervals_[*own->interval].all;
  }
  return std::nullopt;
}

bool Markup::interval_is_too_wide(const Node& fake_quantize) const {
  const auto* own = facts_.find(fake_quantize);
  return own != nullptr && own->interval && intervals_[*own->interval].least_levels <= 2;
}

bool Markup::is_enabled(const Node& node) const {
  const auto* facts = facts_.find(node);
  return facts == nullptr || !facts->disabled;
}

Expected<void> Markup::check_quantizable(const Node& node) const {
  if (is_enabled(node)) return {};
  return refused(*facts_.find(node)->disabled);
}

Expected<void> Markup::check_reaches_kernel(const Node& node) const {
  const auto* facts = facts_.find(node);
  if (facts != nullptr && facts->reaches_kernel) return {};
  for (const Input& use : node.output(0).readers()) {
    const auto fits = check_quantizable(*use.node);
    if (fits) continue;
    return refused(refusal(Cause::no_integer_reader, "no operation behind it works on integers; \"{}\" ({}): {}",
                           use.node->name(), use.node->type(), fits.error())
                       .blaming(*use.node));
  }
  return refused(Cause::no_integer_reader, "no operation behind it works on integers");
}

bool Markup::needs_scale(const Node& fake_quantize) const {
  const auto* facts = facts_.find(fake_quantize);
  return facts != nullptr && facts->needs_scale;
}

bool Markup::keeps_integers(const Node& avg_pool) const {
  const auto* facts = facts_.find(avg_pool);
  return avg_pool.is("AvgPool") && facts != nullptr && facts->average && averages_[*facts->average];
}

bool Markup::is_bias(const Node& add) const {
  const auto* facts = facts_.find(add);
  return facts != nullptr && facts->bias;
}

}  // namespace lpt
