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

bool is_uniform(const Unit& unit) {
  return lpt::is_uniform(unit.scale) && (!unit.zero_point || lpt::is_uniform(*unit.zero_point));
}

}  // namespace

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
    Unit unit{std::move(*scale), {}, is_integer(value.type())};
    if (entry.zero_point != 0) unit.zero_point = scalar(entry.zero_point);
    units_[value] = std::move(unit);
  }
  for_each_graph(*model.graph, [&](const Graph& graph) {
    const auto order = graph.topological_order().nodes;
    for (const Node* node : order) {
      if (!node->is("Multiply") || !node->is_live() || node->output_count() != 1) continue;
      const auto found = Dequantization::producing(node->output(0), {});
      if (!found || !found->comes_from_quantization() || !found->scale || units_.find(found->stored) != nullptr)
        continue;
      units_[found->stored] = {*found->scale, found->zero_point, is_integer(found->stored.type())};
    }
    const auto move = [&](Value from, Value to) {
      const auto* unit = units_.find(from);
      if (unit != nullptr && is_uniform(*unit) && units_.find(to) == nullptr) units_[to] = Unit(*unit);
    };
    const auto moves = [](const Node& node) {
      return node.is_live() && node.input_count() != 0 && node.output_count() != 0 && preserves_type(node);
    };
    for (auto node = order.rbegin(); node != order.rend(); ++node) {
      if (moves(**node)) move((*node)->output(0), (*node)->input(0));
    }
    for (const Node* node : order) {
      for (std::size_t i = 0; moves(*node) && i < node->output_count(); ++i) {
        if (node->output(i).type() == node->input(0).type()) move(node->input(0), node->output(i));
      }
    }
  });
}

}  // namespace lpt
