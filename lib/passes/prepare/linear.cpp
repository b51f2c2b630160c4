#include "passes/prepare/linear.hpp"

#include "ops/operation.hpp"
#include "quant/constant_bytes.hpp"

namespace lpt {

std::optional<LinearStep> linear_step(const Node& node, std::string_view type, const PassContext& context) {
  if (!node.is(type) || operation_set(node) != "opset1" || node.version() != "opset1" || node.input_count() != 2)
    return std::nullopt;
  const auto* rule = node.attribute("auto_broadcast");
  if (rule != nullptr && *rule != "numpy") return std::nullopt;
  if (!is_real(node.output(0).type())) return std::nullopt;
  for (const std::size_t port : {1, 0}) {
    const Value operand = node.input(port);
    auto constant = operand.node().constant() != nullptr ? small_tensor(operand)
                                                         : dequantized_constant(operand, context.float_edges);
    if (constant) return LinearStep{node.input(1 - port), std::move(*constant), operand};
  }
  return std::nullopt;
}

bool grows(const LinearStep& inner, const LinearStep& outer, std::initializer_list<std::uint64_t> elements,
           const PassContext& context) {
  const auto added = bytes_in_file(ElementType::f32, elements);
  return !context.goal.has_integer_edges() && added > bytes_freed_with(inner.operand) + bytes_freed_with(outer.operand);
}

Value replace_linear(Graph& graph, Node& node, std::string_view type, Value data, const SmallTensor& constant) {
  const std::string name(node.name());
  const auto real = node.output(0).type();
  const Value other = insert_parameter(graph, &node, name + "/constant", real, constant).output(0);
  Node& made = insert_elementwise(graph, &node, type, {}, data, other, real);
  graph.move_annotations(node, made);
  graph.replace(node.output(0), made.output(0));
  graph.set_name(made, name);
  return made.output(0);
}

}  // namespace lpt
