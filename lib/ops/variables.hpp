#pragma once

#include <string>
#include <vector>

#include "ir/graph.hpp"

namespace lpt {

/// A state whose ReadValue or Assign has no partner in its graph.
struct LoneVariable {
  const Node* node;
  std::string_view variable;
};

struct LoneVariables {
  std::vector<LoneVariable> assigned_only;  ///< OpenVINO refuses such a model
  std::vector<LoneVariable> read_only;      ///< OpenVINO reads it, its CPU plugin fails at inference
};

/// The states of a graph, which ReadValue and Assign tie together by variable_id alone.
LoneVariables lone_variables(const Graph& graph);

}  // namespace lpt
