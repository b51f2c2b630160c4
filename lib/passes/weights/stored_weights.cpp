#include "passes/weights/stored_weights.hpp"

namespace lpt {

std::optional<Dequantization> stored_weights_above(const Node& node, const PassContext& context) {
  auto dq = Dequantization::producing(node.input(0), context.float_edges);
  const bool found = dq && is_integer(dq->type) && dq->stored.node().constant() != nullptr;
  return found ? std::move(dq) : std::nullopt;
}

void replace_stored_weights(Graph& graph, Node& node, const Dequantization& above, Blob blob, const Shape& shape,
                            const Dequantization& below, PassContext& context) {
  const Node& old = above.stored.node();
  Node& stored = graph.insert_constant_before(&node, std::string(old.name()), below.type, shape, std::move(blob));
  if (context.stored_here.contains(old)) context.stored_here.insert(stored);
  replace_with_dequantization(graph, node, stored.output(0), below);
}

}  // namespace lpt
