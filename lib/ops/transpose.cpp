#include "ops/transpose.hpp"

#include <numeric>

#include "tensor/strided.hpp"

namespace lpt {

void transpose_check(const Node& node, const LayerWarn&) { expect_inputs(node, 2, 2); }

std::optional<std::vector<std::size_t>> transpose_order(const Arguments& arguments) {
  const Shape& shape = arguments.shape(0);
  const auto given = arguments.integers(1);
  if (!given || !shape.has_rank()) return std::nullopt;
  const std::size_t rank = shape.rank();
  std::vector<std::size_t> order(rank);
  if (given->empty()) {  // the specification's way to say: reverse the axes
    std::iota(order.rbegin(), order.rend(), std::size_t{0});
    return order;
  }
  if (given->size() != rank) throw LayerError("its order has {} axes, its input {}", given->size(), rank);
  std::vector<bool> seen(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    const auto axis = (*given)[i];
    if (axis < 0 || static_cast<std::size_t>(axis) >= rank || seen[static_cast<std::size_t>(axis)]) {
      throw LayerError("its order holds axis {}, should hold each of 0..{} once", axis, rank - 1);
    }
    order[i] = static_cast<std::size_t>(axis);
    seen[order[i]] = true;
  }
  return order;
}

std::vector<OutputSpec> transpose_infer(const Arguments& arguments) {
  const auto order = transpose_order(arguments);
  if (!order) return {{arguments.type(0), Shape::of_unknown_rank()}};
  std::vector<Dimension> result;
  for (const auto axis : *order) result.push_back(arguments.shape(0)[axis]);
  return {{arguments.type(0), Shape(std::move(result))}};
}

void transpose_evaluate(Evaluation& run) {
  const auto order = *transpose_order(run.arguments());
  permute(run.input(0), {order.begin(), order.end()}, run.output());
}

}  // namespace lpt
