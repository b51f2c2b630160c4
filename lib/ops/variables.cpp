#include "ops/variables.hpp"

#include <unordered_set>

#include "ops/operation.hpp"

namespace lpt {

void assign_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 1, 1);
  required_attribute(node, "variable_id");
}

void read_value_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 0, 1);
  required_attribute(node, "variable_id");
  if (node.attribute("variable_type") != nullptr) element_type_attribute(node, "variable_type");
}

LoneVariables lone_variables(const Graph& graph) {
  std::unordered_set<std::string_view> read, assigned;
  const auto each = [&](std::string_view type, const auto& visit) {
    for (const Node* node = graph.first(); node != nullptr; node = node->next()) {
      const auto* variable = node->is(type) ? node->attribute("variable_id") : nullptr;
      if (variable != nullptr) visit(*node, *variable);
    }
  };
  each("ReadValue", [&](const Node&, std::string_view variable) { read.insert(variable); });
  each("Assign", [&](const Node&, std::string_view variable) { assigned.insert(variable); });
  LoneVariables lone;
  if (read.empty() && assigned.empty()) return lone;
  each("Assign", [&](const Node& node, std::string_view variable) {
    if (!read.contains(variable)) lone.assigned_only.push_back({&node, variable});
  });
  each("ReadValue", [&](const Node& node, std::string_view variable) {
    if (!assigned.contains(variable)) lone.read_only.push_back({&node, variable});
  });
  return lone;
}

}  // namespace lpt
