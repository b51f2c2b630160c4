#include <numeric>

#include "ops/operation.hpp"

namespace lpt {

void transpose_check(const Node& node, const LayerWarn&) { expect_inputs(node, 2, 2); }

std::vector<OutputSpec> transpose_infer(const Node& node) {
  const Value data = node.input(0);
  auto order = constant_integers(node.input(1));
  if (!order || !data.shape().has_rank()) return {{data.type(), Shape::of_unknown_rank()}};
  const std::size_t rank = data.shape().rank();
  if (order->empty()) {  // the specification's way to say: reverse the axes
    order->resize(rank);
    std::iota(order->rbegin(), order->rend(), 0);
  }
  if (order->size() != rank) throw LayerError("its order has {} axes, its input {}", order->size(), rank);
  std::vector<bool> seen(rank);
  std::vector<Dimension> result;
  for (const auto axis : *order) {
    if (axis < 0 || static_cast<std::size_t>(axis) >= rank || seen[static_cast<std::size_t>(axis)]) {
      throw LayerError("its order holds axis {}, should hold each of 0..{} once", axis, rank - 1);
    }
    seen[static_cast<std::size_t>(axis)] = true;
    result.push_back(data.shape()[static_cast<std::size_t>(axis)]);
  }
  return {{data.type(), Shape(std::move(result))}};
}

}  // namespace lpt
