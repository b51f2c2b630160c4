// Stores the weights of a 1x1 Convolution as the matrix that they are.
//
//     Const(i8)[O,I,1,1] -> Convert -> Multiply(s) -> Convolution
//     =>  Const(i8)[O,I] -> Convert -> Multiply(s) -> Reshape[O,I,1,1] -> Convolution
//
// OpenVINO may replace a Convolution of such weights by a MatMul, also where the application puts a Transpose beside it
// when it adds its pre-processing. It forgets the stride and the pads then, and what another order the Transpose has.
// A Reshape keeps it from that, and no kernel from working on integers. The same holds for weights in groups,
// [O,G,I,1,1], that a Reshape joins.
//
// Law     A Reshape changes no value.
// Guard   A constant under a dequantization, also one that the model itself has stored.
// Source  Measured with OpenVINO 2026.4 on Convolutions of every order of a Transpose before and behind them.
#include "driver/context.hpp"
#include "tensor/tensor.hpp"

namespace lpt {
namespace {

/// Without the last two axes, which have one element.
Shape matrix_of(const Shape& shape) {
  return Shape(std::vector<Dimension>(shape.dimensions().begin(), shape.dimensions().end() - 2));
}

bool is_pointwise(const Shape& shape) {
  if (!shape.is_static() || shape.rank() < 4 || shape.rank() > 5) return false;
  return shape[shape.rank() - 2].min == 1 && shape[shape.rank() - 1].min == 1;
}

Value insert_reshape(Graph& graph, Node* position, const std::string& name, Value value, const Shape& shape) {
  // Where the first two lengths stay they are not stated, so that all layers share one constant.
  const bool stays = value.shape().rank() == 2;
  Tensor lengths(ElementType::i32, {static_cast<std::int64_t>(shape.rank())});
  for (std::size_t i = 0; i < shape.rank(); ++i)
    lengths.data<std::int32_t>()[i] = stays && i < 2 ? 0 : static_cast<std::int32_t>(shape[i].min);
  const Value target = graph
                           .insert_constant_before(position, name + "/shape", ElementType::i32,
                                                   Shape{static_cast<std::int64_t>(shape.rank())},
                                                   Blob::of({lengths.bytes(), lengths.bytes() + lengths.byte_count()}))
                           .output(0);
  NodeSpec spec;
  spec.type = "Reshape";
  spec.attributes = {{"special_zero", stays ? "true" : "false"}};
  spec.inputs = {value, target};
  spec.outputs = {{value.type(), shape}};
  return graph.insert_before(position, std::move(spec)).output(0);
}

/// The dequantized constant, in front of the Reshape that may stand behind it.
Value dequantized_above(Value weights) {
  if (weights.node().is("Reshape") && weights.node().input_count() == 2) weights = weights.node().input(0);
  return weights;
}

/// The same layers over the matrix, and over their operands, which keep types and bytes.
Value copied(Graph& graph, Node* position, const std::string& base, Value value, Value stored, Value matrix) {
  if (value == stored) return matrix;
  const Node& node = value.node();
  if (node.constant() != nullptr) {
    if (value.shape().rank() < 2) return value;
    return graph
        .insert_constant_before(position, std::string(node.name()), value.type(), matrix_of(value.shape()),
                                Blob(*node.constant()))
        .output(0);
  }
  const auto copy = [&](std::size_t port) { return copied(graph, position, base, node.input(port), stored, matrix); };
  if (node.is("Convert"))
    return insert_convert(graph, position, base + std::string(kActivationNames.convert), copy(0), value.type());
  const auto suffix = node.is("Multiply") ? kActivationNames.multiply : kActivationNames.subtract;
  const Value first = copy(0), second = copy(1);
  return insert_elementwise(graph, position, node.type(), base + std::string(suffix), first, second, value.type())
      .output(0);
}

/// True if a value is made of a constant, Converts and arithmetic alone.
bool is_copyable(Value value) {
  const Node& node = value.node();
  if (node.constant() != nullptr) return true;
  if (node.is("Convert")) return is_copyable(node.input(0));
  return (node.is("Multiply") || node.is("Subtract")) && is_copyable(node.input(0)) && is_copyable(node.input(1));
}

}  // namespace

Outcome store_pointwise_weights(Graph& graph, Node& convolution, PassContext& context) {
  if (!context.runtime.against_pointwise_weights(convolution)) return no_match();
  const Value weights = convolution.input(1), dequantized = dequantized_above(weights);
  const auto dq = Dequantization::producing_constant(dequantized, context.float_edges);
  if (!dq || dq->stored.node().constant() == nullptr || !is_pointwise(dq->stored.shape())) return no_match();
  const Shape& stored = dq->stored.shape();
  if (dequantized.shape() != stored || !is_copyable(dequantized)) return no_match();

  Node& last = weights.node();
  const std::string name(last.name());
  Node& matrix = graph.insert_constant_before(&last, std::string(dq->stored.node().name()), dq->type, matrix_of(stored),
                                              Blob(*dq->stored.node().constant()));
  if (context.stored_here.contains(dq->stored.node())) {
    context.stored_here.insert(matrix);
  } else {
    ++context.mended;
  }
  const Value real = copied(graph, &last, name + "/matrix", dequantized, dq->stored, matrix.output(0));
  const Value reshaped = insert_reshape(graph, &last, name, real, weights.shape());
  graph.replace(weights, reshaped);
  graph.set_name(reshaped.node(), name);
  return rewritten();
}

}  // namespace lpt
