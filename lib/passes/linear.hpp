#pragma once

#include "passes/propagation.hpp"

namespace lpt {

/// A Multiply or Add with a constant operand.
struct LinearStep {
  Value data;
  SmallTensor constant;
};
std::optional<LinearStep> linear_step(const Node& node, std::string_view type, const Conversion& conversion);

/// A Convert, or a Multiply, Add or Subtract with a constant: what becomes part of a dequantization, or of a kernel.
bool is_linear(const Node& node);

/// Puts an operation with another constant in the place of `node`.
Value replace_linear(Graph& graph, Node& node, std::string_view type, Value data, const SmallTensor& constant);

}  // namespace lpt
