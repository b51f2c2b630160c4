#include "passes/weights/stored_weights.hpp"

#include <cmath>

#include "quant/constant_bytes.hpp"
#include "quant/displacement.hpp"

namespace lpt {

std::optional<Dequantization> stored_weights_above(const Node& node, const PassContext& context) {
  auto dq = Dequantization::producing(node.input(0), context.float_edges);
  if (!dq || !is_integer(dq->type) || dq->stored.node().constant() == nullptr) return std::nullopt;
  // What rounding has left of a zero point of 0.
  if (dq->zero_point && std::abs(dq->zero_point->farthest_from_0()) <= kZeroPointTolerance) dq->zero_point.reset();
  return dq;
}

namespace {

/// The scale of a dequantization as the file keeps it where that is a half behind a Convert; else what it reads.
Value stored_scale(const Node& multiply) {
  const Value scale = multiply.input(1 - data_port(multiply));
  return scale.node().is("Convert") ? scale.node().input(0) : scale;
}

/// Keeps the scale a half, if it was one and still is.
void keep_half(Graph& graph, Node& multiply, const SmallTensor& scale, ElementType half) {
  if (!multiply.is("Multiply") || !is_half(half) || scale.values.size() == 1 || !is_exact_in(half, scale)) return;
  const auto port = 1 - data_port(multiply);
  if (multiply.input(port).type() == half) return;
  const std::string name(multiply.input(port).node().name());
  const Value constant = insert_parameter(graph, &multiply, name + "/half", half, scale).output(0);
  graph.set_input(multiply, port, insert_convert(graph, &multiply, name, constant, multiply.input(port).type()));
}

}  // namespace

void replace_stored_weights(Graph& graph, Node& node, const Dequantization& above, Blob blob, const Shape& shape,
                            const Dequantization& below, PassContext& context) {
  const Node& old = above.stored.node();
  Node& stored = graph.insert_constant_before(&node, std::string(old.name()), below.type, shape, std::move(blob));
  if (context.stored_here.contains(old)) context.stored_here.insert(stored);
  const Node& multiply = node.input(0).node();
  const auto kept = multiply.is("Multiply") ? stored_scale(multiply).type() : ElementType::dynamic;
  Node& last = replace_with_dequantization(graph, node, stored.output(0), below);
  if (below.scale) keep_half(graph, last, *below.scale, kept);
}

}  // namespace lpt
