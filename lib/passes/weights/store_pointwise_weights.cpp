// Stores the weights of a 1x1 Convolution as the matrix that they are, where a Transpose stands beside it.
//
//     Const(i8)[O,I,1,1] -> Convert -> Multiply(s) -> Convolution
//     =>  Const(i8)[O,I] -> Convert -> Multiply(s) -> Reshape[O,I,1,1] -> Convolution
//
// OpenVINO replaces a Convolution of such weights by a MatMul, and takes a Transpose in front of it for [0,3,1,2], one
// behind it for [0,2,3,1], whatever their order. A Reshape keeps it from that, and no kernel from working on integers.
//
// Law     A Reshape changes no value.
// Guard   Weights that this conversion has stored, without a zero point: the defect needs both. What a model itself
//         stores in that way runs as before.
// Source  Measured with OpenVINO 2026.4 on Convolutions of every order of a Transpose before and behind them.
#include "driver/context.hpp"
#include "tensor/tensor.hpp"

namespace lpt {
namespace {

Value insert_reshape(Graph& graph, Node* position, const std::string& name, Value value, const Shape& shape) {
  Tensor lengths(ElementType::i64, {static_cast<std::int64_t>(shape.rank())});
  for (std::size_t i = 0; i < shape.rank(); ++i) lengths.data<std::int64_t>()[i] = shape[i].min;
  const Value target = graph
                           .insert_constant_before(position, name + "/shape", ElementType::i64,
                                                   Shape{static_cast<std::int64_t>(shape.rank())},
                                                   Blob::of({lengths.bytes(), lengths.bytes() + lengths.byte_count()}))
                           .output(0);
  NodeSpec spec;
  spec.type = "Reshape";
  spec.attributes = {{"special_zero", "false"}};
  spec.inputs = {value, target};
  spec.outputs = {{value.type(), shape}};
  return graph.insert_before(position, std::move(spec)).output(0);
}

}  // namespace

Outcome store_pointwise_weights(Graph& graph, Node& convolution, PassContext& context) {
  if (!context.runtime.against_pointwise_weights(convolution)) return no_match();
  const Value weights = convolution.input(1);
  const Shape shape = weights.shape();
  const auto dq = Dequantization::producing_constant(weights, context.float_edges);
  if (!dq || dq->zero_point || dq->real != weights.type() || !context.stored_here.contains(dq->stored.node()))
    return no_match();

  const auto matrix_of = [](const Shape& s) { return Shape{s[0].min, s[1].min}; };
  const auto below = dq->with_parameters([&](const SmallTensor& parameter) {
    return parameter.values.size() == 1 ? scalar(parameter.values[0])
                                        : reshaped(parameter, matrix_of(aligned(parameter, 4).shape));
  });
  auto& multiply = weights.node();
  const std::string name(multiply.name());
  const Value matrix = graph
                           .insert_constant_before(&multiply, std::string(dq->stored.node().name()), dq->type,
                                                   matrix_of(shape), Blob(*dq->stored.node().constant()))
                           .output(0);
  const Value real = insert_dequantization(graph, &multiply, name + "/matrix", matrix, below);
  const Value reshaped = insert_reshape(graph, &multiply, name, real, shape);
  graph.replace(weights, reshaped);
  graph.set_name(reshaped.node(), name);
  return rewritten();
}

}  // namespace lpt
