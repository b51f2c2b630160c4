#include "passes/stored_weights.hpp"

#include "ops/operation.hpp"

namespace lpt {

std::optional<DequantizedConstant> stored_weights_above(const Node& node, const Conversion& conversion) {
  if (find_operation(node) == nullptr) return std::nullopt;
  auto dq = Dequantization::producing(node.input(0), conversion.real_edges);
  if (!dq || !is_integer(dq->type) || dq->stored.node().constant() == nullptr) return std::nullopt;
  const Value stored = dq->stored;
  return DequantizedConstant{std::move(*dq), *stored.node().constant(), stored.shape()};
}

void replace_stored_weights(Graph& graph, Node& node, const DequantizedConstant& old, Blob blob, const Shape& shape,
                            const Dequantization& below) {
  const Value stored = graph
                           .insert_constant_before(&node, std::string(old.dequantization.stored.node().name()),
                                                   old.dequantization.type, shape, std::move(blob))
                           .output(0);
  replace_by_dequantization(graph, node, stored, below);
}

}  // namespace lpt
