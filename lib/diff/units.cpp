#include "diff/units.hpp"

#include <unordered_map>

#include "driver/mark.hpp"
#include "ops/facts.hpp"
#include "quant/dequantization.hpp"
#include "quant/parameter_algebra.hpp"

namespace lpt {
namespace {

/// The scale of an entry, as its tensor has axes; empty if it does not fit.
std::optional<SmallTensor> scale_of(const ListedMultiple& entry, const Shape& data) {
  if (entry.scale.size() == 1) return scalar(entry.scale.front());
  if (!data.has_rank() || *entry.axis >= data.rank()) return std::nullopt;
  std::vector<Dimension> lengths(data.rank(), Dimension::exactly(1));
  lengths[*entry.axis] = Dimension::exactly(static_cast<std::int64_t>(entry.scale.size()));
  SmallTensor scale{Shape(std::move(lengths)), entry.scale};
  return data[*entry.axis].compatible(scale.shape[*entry.axis]) ? std::optional(std::move(scale)) : std::nullopt;
}

/// The table and its scales, where a layer dequantizes rows of integers by a scale that is gathered with each.
std::optional<std::pair<Value, SmallTensor>> gathered_table(const Node& multiply) {
  if (!multiply.is("Multiply") || multiply.input_count() != 2) return std::nullopt;
  const Node &convert = multiply.input(0).node(), &scales = multiply.input(1).node();
  if (!convert.is("Convert") || convert.input_count() != 1 || !scales.is("Gather")) return std::nullopt;
  const Node& rows = convert.input(0).node();
  if (!rows.is("Gather") || rows.input_count() < 2 || rows.input(1) != scales.input(1)) return std::nullopt;
  auto scale = small_tensor(scales.input(0));
  const bool fits = scale && broadcasts_to(scale->shape, rows.input(0).shape());
  return fits ? std::optional(std::pair(rows.input(0), std::move(*scale))) : std::nullopt;
}

}  // namespace

Unit collapsed(Unit unit) {
  unit.scale = collapsed(std::move(unit.scale));
  if (unit.zero_point) unit.zero_point = collapsed(std::move(*unit.zero_point));
  return unit;
}

bool is_uniform(const Unit& unit) {
  return lpt::is_uniform(unit.scale) && (!unit.zero_point || lpt::is_uniform(*unit.zero_point));
}

Units::Units(const Model& model) {
  std::unordered_map<std::string_view, const Node*> by_name;  // null where several layers share one
  const auto listed = listed_multiples(model);
  if (!listed.empty()) {
    for_each_node(*model.graph, [&](const Node& node) {
      const auto [found, added] = by_name.try_emplace(node.name(), &node);
      if (!added) found->second = nullptr;
    });
  }
  for (const auto& entry : listed) {
    const auto found = by_name.find(entry.layer);
    if (found == by_name.end() || found->second == nullptr || entry.port >= found->second->output_count()) continue;
    const Value value = found->second->output(entry.port);
    auto scale = scale_of(entry, value.shape());
    if (!scale) continue;
    Unit unit{std::move(*scale), {}, is_integer(value.type()), true};
    if (entry.zero_point != 0) unit.zero_point = scalar(entry.zero_point);
    units_[value] = std::move(unit);
  }
  for_each_graph(*model.graph, [&](const Graph& graph) {
    const auto order = graph.topological_order().nodes;
    for (const Node* node : order) {
      if (auto table = gathered_table(*node)) units_[table->first] = {std::move(table->second), {}, true};
      if (!node->is("Multiply") || !node->is_live() || node->output_count() != 1) continue;
      const auto found = Dequantization::producing(node->output(0), {});
      if (!found || !found->comes_from_quantization() || !found->scale || units_.find(found->stored) != nullptr)
        continue;
      units_[found->stored] = {*found->scale, found->zero_point, is_integer(found->stored.type())};
    }
    spread(graph);
  });
}

void Units::learn(Value value, Unit unit) {
  auto& known = units_[value];
  if (!known.is_listed) known = std::move(unit);
}

void Units::spread(const Graph& graph) {
  const auto order = graph.topological_order().nodes;
  const auto move = [&](Value from, Value to) {
    const auto* unit = units_.find(from);
    if (unit == nullptr || !is_uniform(*unit) || units_.find(to) != nullptr) return;
    units_[to] = collapsed(*unit);
    units_[to].is_integer = is_integer(to.type());
    units_[to].is_listed = false;
  };
  // In a sum all have one scale, and nothing else.
  const auto sums = [](const Node& node) { return node.is("Add") && node.input_count() == 2; };
  const auto has_zero_point = [&](Value value) { return units_.find(value) && units_.find(value)->zero_point; };
  const auto each_move = [&](const Node& node, const auto& visit) {
    if (!node.is_live() || node.input_count() == 0 || node.output_count() == 0) return;
    if (sums(node)) {
      for (std::size_t i = 0; i < 2; ++i) {
        if (!has_zero_point(node.input(i)) && !has_zero_point(node.output(0))) visit(node.input(i), node.output(0));
      }
    } else if (preserves_type(node)) {
      for (std::size_t i = 0; i < (node.is("Concat") ? node.input_count() : 1); ++i) {
        for (std::size_t j = 0; j < node.output_count(); ++j) {
          if (node.output(j).type() == node.input(i).type()) visit(node.input(i), node.output(j));
        }
      }
    }
  };
  for (auto node = order.rbegin(); node != order.rend(); ++node)
    each_move(**node, [&](Value input, Value output) { move(output, input); });
  for (const Node* node : order) each_move(*node, move);
  for (auto node = order.rbegin(); node != order.rend(); ++node)
    each_move(**node, [&](Value input, Value output) { move(output, input); });
}

}  // namespace lpt
