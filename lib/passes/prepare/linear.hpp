#pragma once

#include "driver/context.hpp"
#include "refusal/refusal.hpp"

namespace lpt {

/// A Multiply or Add with a constant operand.
struct LinearStep {
  Value data;
  SmallTensor constant;
  Value operand;  ///< what gives the constant
};
std::optional<LinearStep> linear_step(const Node& node, std::string_view type, const PassContext& context);

/// True if the file would grow by f32 constants in the place of those of two steps, and need not: OpenVINO joins the
/// steps when it loads a model.
bool grows(const LinearStep& inner, const LinearStep& outer, std::initializer_list<std::uint64_t> elements,
           const PassContext& context);

/// Puts an operation with another constant in the place of `node`.
Value replace_linear(Graph& graph, Node& node, std::string_view type, Value data, const SmallTensor& constant);

}  // namespace lpt
