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
#include <algorithm>

#include "ops/operation.hpp"
#include "passes/fake_quantizes.hpp"
#include "passes/linear.hpp"
#include "passes/weights.hpp"
#include "quant/constant_tensor.hpp"
#include "tensor/convert.hpp"

namespace lpt {
namespace {

bool is_other_transpose(const Node& node, std::span<const std::int64_t> harmless) {
  if (!node.is("Transpose") || node.input_count() != 2) return false;
  const auto order = constant_tensor(node.input(1), harmless.size());
  if (!order) return true;
  const auto axes = convert(*order, ElementType::i64);
  return !std::equal(harmless.begin(), harmless.end(), axes.data<std::int64_t>(),
                     axes.data<std::int64_t>() + axes.count());
}

/// How much OpenVINO may have taken into the Convolution before it looks: a scale and a bias.
constexpr int kMostFused = 4;

bool is_transposed_before(const Node& convolution) {
  constexpr std::int64_t kFromChannelsLast[] = {0, 3, 1, 2};
  const Node* above = &convolution.input(0).node();
  for (int i = 0; i < kMostFused && is_linear(*above); ++i) above = &above->input(0).node();
  return is_other_transpose(*above, kFromChannelsLast);
}

bool is_transposed_behind(const Node& convolution) {
  constexpr std::int64_t kToChannelsLast[] = {0, 2, 3, 1};
  const Node* last = &convolution;
  for (int i = 0; i <= kMostFused && last != nullptr; ++i) {
    for (const Input* use = last->output_port(0).first_use; use != nullptr; use = use->next_use) {
      if (is_other_transpose(*use->node, kToChannelsLast)) return true;
    }
    last = single_reader(last->output(0));
    if (last != nullptr && !is_linear(*last)) return false;
  }
  return false;
}

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

Outcome store_pointwise_weights(Graph& graph, Node& convolution, Conversion& conversion) {
  if (conversion.has_integer_edges() || find_operation(convolution) == nullptr || !has_its_inputs(convolution))
    return no_match();
  const Value weights = convolution.input(1);
  const Shape shape = weights.shape();
  if (!shape.is_static() || shape.rank() != 4 || shape[2].min != 1 || shape[3].min != 1) return no_match();
  if (!is_transposed_before(convolution) && !is_transposed_behind(convolution)) return no_match();
  const auto dq = Dequantization::producing_constant(weights, conversion.real_edges);
  if (!dq || dq->zero_point || dq->real != weights.type() || !is_stored_here(dq->stored)) return no_match();

  const auto matrix_of = [](const Shape& s) { return Shape{s[0].min, s[1].min}; };
  const auto below = dq->with_parameters([&](const SmallTensor& parameter) {
    return parameter.values.size() == 1 ? scalar(parameter.values[0])
                                        : reshaped(parameter, matrix_of(aligned(parameter, 4).shape));
  });
  auto& multiply = const_cast<Node&>(weights.node());
  const std::string name(multiply.name());
  const Value matrix = graph
                           .insert_constant_before(&multiply, std::string(dq->stored.node().name()), dq->type,
                                                   matrix_of(shape), Blob(*dq->stored.node().constant()))
                           .output(0);
  const Value real = insert_dequantization(graph, &multiply, name + "/matrix", matrix, below);
  const Value reshaped = insert_reshape(graph, &multiply, name, real, shape);
  graph.replace(weights, reshaped);
  graph.set_name(const_cast<Node&>(reshaped.node()), name);
  return rewritten();
}

}  // namespace lpt
