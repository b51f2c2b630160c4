// Stores the weights of a MatMul without their zero point, in i8; where they leave it, the zero point is taken off behind
// the MatMul.
//
//     MatMul(x, s*(w - z))    =>    MatMul(x, s*(w - m)) + ReduceSum(x, last axis) * (-s*(z - m))
//
// with m in the middle of the type, so that w - m fits i8: 128 for u8, 0 for i8.
//
// Law     sum_k x_k s*(w_k - z) == sum_k x_k s*(w_k - m) - s*(z - m) * sum_k x_k, where s and z do not vary along k.
// Guard   A kernel of integers is won, for data that OpenVINO would else quantize once more, on the fly. The data is of
//         known rank and not transposed.
// Source  Measured with OpenVINO 2026.4.
#include "ops/operation.hpp"
#include "passes/weights/zero_points.hpp"
#include "quant/channels_source.hpp"

namespace lpt {
namespace {

/// A parameter of weights as it lies along the last axis of the product; empty if it varies along another one.
std::optional<SmallTensor> along_columns(const SmallTensor& parameter, std::size_t columns, std::size_t rank) {
  if (!varies_only_along(parameter, columns, rank)) return std::nullopt;
  return parameter.values.size() == 1 ? scalar(parameter.values[0])
                                      : reshaped(parameter, Shape{static_cast<std::int64_t>(parameter.values.size())});
}

NodeSpec reduce_sum(Graph& graph, Node& before, const std::string& name, Value data) {
  auto dimensions = data.shape().dimensions();
  dimensions.back() = Dimension::exactly(1);
  NodeSpec spec;
  spec.type = "ReduceSum";
  spec.name = name;
  spec.attributes = {{"keep_dims", "true"}};
  spec.inputs = {data, insert_parameter(graph, &before, name + "/axis", ElementType::i64, scalar(-1)).output(0)};
  spec.outputs = {{data.type(), Shape(std::move(dimensions))}};
  return spec;
}

}  // namespace

Outcome fit_mat_mul_weights(Graph& graph, Node& node, PassContext& context) {
  const auto weights = weights_with_zero_point(node, context);
  if (!weights) return no_match();
  if (places_beyond_i8(*weights, 0).empty()) {
    store_without_zero_point(graph, node, *weights, context);
    return rewritten();
  }
  const Value data = node.input(0);
  const Shape& shape = weights->stored.shape();
  if (shape.rank() < 2) return refused(Cause::attributes_not_supported, "its weights are a vector");
  if (!data.shape().has_rank() || data.shape().rank() == 0)
    return refused(Cause::rank_unknown, "the rank of its data is not known");
  if (boolean_attribute(node, "transpose_a", false))
    return refused(Cause::attributes_not_supported, "its data is transposed, and its weights have a zero point");
  const auto columns = shape.rank() - (boolean_attribute(node, "transpose_b", false) ? 2 : 1);
  const auto zero_point = along_columns(*weights->zero_point, columns, shape.rank());
  if (!zero_point)
    return refused(Cause::parameters_vary_along_axis, "the zero point of its weights varies along the rows");
  const auto scale = *along_columns(*weights->scale, columns, shape.rank());

  const std::string name(node.name());
  const float middle = weights->type == ElementType::u8 ? 128 : 0;
  Dequantization shifted = *weights;
  shifted.zero_point = scalar(middle);
  Dequantization now = shifted;
  now.type = ElementType::i8;
  now.zero_point.reset();
  Node& stored = graph.insert_constant_before(&node, std::string(weights->stored.node().name()), now.type, shape,
                                              without_zero_point(shifted, *weights->stored.node().constant(), shape));
  if (context.stored_here.contains(weights->stored.node())) context.stored_here.insert(stored);
  NodeSpec product;
  product.type = node.type();
  product.version = node.version();
  product.name = name + "/of_shifted_weights";
  for (const auto& [key, value] : node.attributes()) product.attributes.emplace_back(key, value);
  product.inputs = {data, insert_dequantization(graph, &node, name + "/weights", stored.output(0), now)};
  product.outputs = {{node.output(0).type(), node.output(0).shape()}};
  const Value sum = graph.insert_before(&node, reduce_sum(graph, node, name + "/sum", data)).output(0);
  const auto factor = lpt::product(scale, mapped(*zero_point, [&](float z) { return middle - z; }));
  const Value constant = insert_parameter(graph, &node, name + "/zero_point", sum.type(), factor).output(0);
  const Value shift =
      insert_elementwise(graph, &node, "Multiply", name + "/shift", sum, constant, sum.type()).output(0);
  const Value left = graph.insert_before(&node, std::move(product)).output(0);
  Node& add = insert_elementwise(graph, &node, "Add", name, left, shift, left.type());
  graph.move_annotations(node, add);
  graph.replace(node.output(0), add.output(0));
  graph.set_name(add, name);
  ++context.fitted.layers;
  return rewritten();
}

}  // namespace lpt
