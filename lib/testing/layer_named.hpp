#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string_view>

#include "ir/graph.hpp"

namespace lpt {

/// throws  std::runtime_error if no layer of the graph has this name
inline Node& layer_named(const Graph& graph, std::string_view name) {
  for (Node* node = graph.first(); node != nullptr; node = node->next()) {
    if (node->name() == name) return *node;
  }
  throw std::runtime_error(fmt::format("there is no layer {}", name));
}

}  // namespace lpt
