// Lets MatMul work on integers.
//
//     a:u8 -> Dequantize(s_a, z_a), b:i8 -> Dequantize(s_b) -> MatMul
//     =>  MatMul(a, b) [-> Subtract(MatMul(z_a, b))] -> Multiply(s_a * s_b)
//
// Law     (s_a*(A - z_a)) (s_b*B) == s_a*s_b * (A B - z_a B), if neither scale varies along the summed axis.
// Guard   b has no zero point, and is constant where a has one. A zero point that varies along rows and columns is too
//         large to keep.
// Source  OpenVINO LPT, MatMulTransformation; there a scale of lower rank along the summed axis is fatal.
#include <algorithm>
#include <cmath>

#include "ops/operation.hpp"
#include "passes/propagate/weighted.hpp"
#include "quant/constant_sums.hpp"

namespace lpt {
namespace {

/// Which axes of an operand are rows and columns of its matrix.
struct Operand {
  const Dequantization& dq;
  std::size_t rank;
  bool transposed;
  std::size_t summed;  ///< the axis that the product sums over

  Operand(const Dequantization& dequantization, std::size_t data_rank, bool is_first, bool transposes)
      : dq(dequantization),
        rank(data_rank),
        transposed(transposes && rank > 1),
        summed(rank == 1                ? 0
               : is_first != transposed ? rank - 1
                                        : rank - 2) {}

  bool varies_along_sum(const std::optional<SmallTensor>& parameter) const {
    if (!parameter || is_uniform(*parameter)) return false;
    return aligned(*parameter, rank).shape[summed].min != 1;
  }

  /// A parameter as it lies on the product: the axes in place, the summed one a single element.
  SmallTensor on_product(const std::optional<SmallTensor>& parameter) const {
    if (!parameter || is_uniform(*parameter)) return scalar(parameter ? parameter->values[0] : 1);
    auto own = aligned(*parameter, rank);
    if (rank == 1) return own;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < rank; ++i) order.push_back(i);
    if (transposed) std::swap(order[rank - 1], order[rank - 2]);
    return permuted(own, order);
  }
};

/// MatMul(zero_point, b), which the integer product has too much.
std::optional<SmallTensor> surplus(const Operand& a, const Operand& b, std::size_t rank) {
  const auto& zero_point = *a.dq.zero_point;
  const Shape& shape = b.dq.stored.shape();
  if (bits(b.dq.stored.type()) != 8 || shape.element_count() == 0) return std::nullopt;
  for (std::size_t i = 0; i + 2 < shape.rank(); ++i) {
    if (shape[i].min != 1) return std::nullopt;
  }
  const bool along_sum = a.varies_along_sum(a.dq.zero_point);
  const auto sums = sums_along(b.dq.stored, b.summed, along_sum ? zero_point.values : std::vector<float>{1});
  SmallTensor columns{Shape{static_cast<std::int64_t>(sums.size())}, {}};
  for (const double sum : sums) columns.values.push_back(static_cast<float>(sum));
  if (b.rank == 1) columns = scalar(columns.values[0]);
  if (along_sum) {
    if (wide_axes(zero_point).size() != 1) return std::nullopt;
    return columns.shape.rank() == 0 ? columns : aligned(columns, std::max<std::size_t>(rank, 1));
  }
  const auto rows = a.on_product(a.dq.zero_point);
  return product(rows, columns.shape.rank() == 0 ? columns : aligned(columns, std::max<std::size_t>(rank, 1)));
}

/// With ones in front up to the rank of the product, unless it is a scalar.
SmallTensor aligned_to(SmallTensor scale, std::size_t rank) {
  return scale.shape.rank() > 0 && scale.shape.rank() < rank ? aligned(std::move(scale), rank) : scale;
}

Expected<void> check_operands(const Operand& a, const Operand& b, const PassContext& context) {
  const auto &left = a.dq, &right = b.dq;
  for (const auto* dq : {&left, &right}) {
    const std::size_t port = dq == &left ? 0 : 1;
    if (!dq->is_low_precision())
      return refused(Cause::input_of_other_type, "input {} is of type {}", port, name(dq->type));
    if (dq->lacks_scale()) return refused(Cause::input_without_scale, "input {} has no scale", port);
  }
  if (auto fits = check_integer_edge(left, context); !fits) return fits;
  if (a.varies_along_sum(left.scale) || b.varies_along_sum(right.scale))
    return refused(Cause::parameters_vary_along_axis, "a scale varies along the axis that is summed over");
  const float right_zero = right.has_zero_point() ? right.any_zero_point()->farthest_from_0() : 0;
  if (std::round(right_zero) != 0)
    return refused(Cause::weights_zero_point, "input 1 has the zero point {}", right_zero);
  if (left.has_zero_point() && right.stored.node().constant() == nullptr)
    return refused(Cause::zero_point_not_supported, "input 0 has a zero point, input 1 is no constant");
  return {};
}

/// The scale of the product.
SmallTensor scale_behind(const Node& node, SmallTensor scale) {
  scale = collapsed(std::move(scale));
  const Shape& out = node.output(0).shape();
  return out.rank() == 0 || scale.shape.rank() > out.rank() ? reshaped(std::move(scale), out) : scale;
}

/// Float edges: one scale of input 0 goes to stored weights, others go behind the product.
Outcome scale_product(Graph& graph, Node& node, const Operand& a, const Operand& b, PassContext& context) {
  const auto &left = a.dq, &right = b.dq;
  const bool weights = right.stored.node().constant() != nullptr;
  const auto left_scale = a.on_product(left.scale);
  if (weights && left_scale.values.size() == 1) {
    context.integer_kernels.insert(node);
    if (!left.scale) return no_match();
    graph.set_input(node, 0, left.stored);
    set_weights_scale(graph, node, right, product(*right.scale, left_scale), context);
    return rewritten();
  }
  if (!left.scale && (weights || !right.scale)) {
    context.integer_kernels.insert(node);
    return no_match();
  }
  const auto rank = node.output(0).shape().rank();
  Dequantization below = left;
  below.type = left.real;
  below.drop_zero_points();
  below.scale =
      scale_behind(node, weights ? left_scale : product(left_scale, aligned_to(b.on_product(right.scale), rank)));
  if (const auto* fact = context.runtime.against_scale_behind_mat_mul(*below.scale, rank))
    return refused(refusal(*fact));
  context.integer_kernels.insert(node);
  graph.set_input(node, 0, left.stored);
  if (!weights) graph.set_input(node, 1, right.stored);
  dequantize_output(graph, node, 0, below, context.float_edges);
  return rewritten();
}

/// Integer edges: all scales go behind the product, and so does what the zero point of input 0 adds to it.
Outcome multiply_integers(Graph& graph, Node& node, const Operand& a, const Operand& b, PassContext& context) {
  const auto &left = a.dq, &right = b.dq;
  const auto rank = node.output(0).shape().rank();
  Dequantization below = left;
  below.type = left.real;
  below.drop_zero_points();
  if (left.zero_point) {
    auto shift = surplus(a, b, rank);
    if (!shift)
      return refused(Cause::parameters_not_movable, "the zero point of input 0 cannot be told behind the product");
    shift = collapsed(std::move(*shift));
    if (shift->values != std::vector<float>{0}) below.zero_point = std::move(shift);
    below.zero_point_type = below.real;
  }
  below.scale = scale_behind(node, product(a.on_product(left.scale), aligned_to(b.on_product(right.scale), rank)));
  context.integer_kernels.insert(node);
  graph.set_input(node, 0, left.stored);
  graph.set_input(node, 1, right.stored);
  if (const float z = right.zero_point ? right.zero_point->farthest_from_0() : 0; std::abs(z) > kZeroPointTolerance)
    context.departures.push_back({LayerLabel(node),
                                  fmt::format("the zero point of its input 1 is left out, {:.3g} steps", z),
                                  {std::string(node.name()), 1, z * right.scale->farthest_from_0()}});
  if (left.has_integer_edge())
    relax_types(graph, node, std::vector{ElementType::f32, ElementType::f32}, ElementType::f32);
  dequantize_output(graph, node, 0, below, context.float_edges);
  return rewritten();
}

}  // namespace

Outcome propagate_mat_mul(Graph& graph, Node& node, PassContext& context) {
  if (node.output_count() != 1) return no_match();
  const auto left = Dequantization::producing(node.input(0), context.float_edges);
  const auto right = Dequantization::producing_constant(node.input(1), context.float_edges);
  const bool any = (left && left->is_low_precision()) || (right && right->is_low_precision());
  if (!any) return no_match();
  if (!left || !right) return refused(Cause::input_not_quantized, "input {} is not quantized", left ? 1 : 0);
  const Shape &a_shape = node.input(0).shape(), &b_shape = node.input(1).shape();
  if (!node.output(0).shape().has_rank() || !a_shape.has_rank() || !b_shape.has_rank())
    return refused(Cause::rank_unknown, "the rank of its inputs is not known");
  const Operand a(*left, a_shape.rank(), true, boolean_attribute(node, "transpose_a", false));
  const Operand b(*right, b_shape.rank(), false, boolean_attribute(node, "transpose_b", false));
  if (auto fits = check_operands(a, b, context); !fits) return refused(fits.error());
  return context.goal.has_integer_edges() ? multiply_integers(graph, node, a, b, context)
                                          : scale_product(graph, node, a, b, context);
}

}  // namespace lpt
