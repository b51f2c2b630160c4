#pragma once

#include "driver/context.hpp"
#include "refusal/refusal.hpp"

namespace lpt {

/// A Multiply or Add with a constant operand.
struct LinearStep {
  Value data;
  SmallTensor constant;
};
std::optional<LinearStep> linear_step(const Node& node, std::string_view type, const PassContext& context);

/// Puts an operation with another constant in the place of `node`.
Value replace_linear(Graph& graph, Node& node, std::string_view type, Value data, const SmallTensor& constant);

}  // namespace lpt
