#include "passes/propagate/recurrent.hpp"

#include <algorithm>

#include "ops/facts.hpp"
#include "ops/operation.hpp"

namespace lpt {

Expected<void> check_recurrent(const Node& node, const PassContext& context) {
  const std::size_t first = node.is("LSTMSequence") ? 4 : 3;
  for (std::size_t port = 0; port < 2; ++port) {
    const auto dq = dequantization_before(node, port, context);
    const auto* types = context.goal.target.types(node, port);
    if (dq && types != nullptr && std::find(types->begin(), types->end(), dq->type) == types->end())
      return refused(Cause::input_of_other_type, "input {} is of type {}", port, name(dq->type));
  }
  for (std::size_t port = first; port < first + 2; ++port) {
    const auto weights = Dequantization::producing(node.input(port), context.float_edges);
    if (weights && weights->zero_point)
      return refused(Cause::weights_zero_point, "its weights at input {} have a zero point", port);
  }
  if (node.input(first + 2).node().constant() == nullptr)
    return refused(Cause::operand_not_constant, "its bias is no constant");
  return {};
}

bool takes_quantized_inputs(const Node& node, const PassContext& context) {
  return context.goal.has_integer_edges() && is_recurrent_sequence(node) &&
         context.goal.target.types(node, 0) != nullptr && check_recurrent(node, context);
}

bool feeds_recurrent(const Node& multiply, const PassContext& context) {
  return std::ranges::any_of(multiply.output(0).readers(), [&](const Input& use) {
    return use.index < 2 && takes_quantized_inputs(*use.node, context);
  });
}

Outcome keep_before_recurrent(Node& node, PassContext& context) {
  if (!dequantization_before(node, 0, context)) return no_match();
  if (auto fits = check_recurrent(node, context); !fits) return refused(fits.error());
  context.integer_kernels.insert(node);
  return no_match();
}

}  // namespace lpt
