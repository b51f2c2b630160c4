#include "passes/fake_quantizes.hpp"

#include "passes/recurrent.hpp"

namespace lpt {

void in_one_shape(SmallTensor& low, SmallTensor& high) {
  if (low.values.size() == high.values.size()) return;
  const auto shape = broadcast(low.shape, high.shape);
  if (!shape) return;
  low = low.broadcast_to(*shape);
  high = high.broadcast_to(*shape);
}

void set_range(Graph& graph, Node& node, Side side, SmallTensor low, SmallTensor high) {
  if (side == Side::output) in_one_shape(low, high);
  const std::string name(node.name());
  const std::string prefix = side == Side::input ? "/input_" : "/output_";
  const std::size_t first = side == Side::input ? 1 : 3;
  const auto type = node.input(first).type();
  graph.set_input(node, first, insert_parameter(graph, &node, name + prefix + "low", type, low).output(0));
  graph.set_input(node, first + 1, insert_parameter(graph, &node, name + prefix + "high", type, high).output(0));
}

void relax_fake_quantize(Graph& graph, Node& node, ElementType output) {
  const bool reads_integers = !is_real(node.input(0).type());
  const std::vector<ElementType> believed(reads_integers ? node.input_count() : 0, node.input(1).type());
  relax_types(graph, node, believed, output);
}

bool fits_range(const Node& operation, const SmallTensor& constant) {
  if (constant.values.size() == 1) return true;
  const Shape &in = operation.input(0).shape(), &out = operation.output(0).shape();
  if (!in.has_rank() || !out.has_rank() || in != out || constant.shape.rank() > out.rank()) return false;
  const auto own = aligned(constant, out.rank());
  for (const auto axis : wide_axes(own)) {
    if (axis > 1 || !out[axis].is_static()) return false;
  }
  return true;
}

bool is_unsafe_behind(Value data, const SmallTensor& parameter, const Conversion& conversion) {
  if (conversion.has_integer_edges() || is_uniform(parameter)) return false;
  constexpr std::string_view kFused[] = {"Add", "Clamp", "FakeQuantize", "Multiply", "PReLU", "ReLU", "Subtract"};
  const auto is_fused = [&](const Node& node) {
    return node.input_count() > 0 && std::find(std::begin(kFused), std::end(kFused), node.type()) != std::end(kFused);
  };
  constexpr int kMostFused = 8;
  const Node* node = &data.node();
  for (int i = 0; i < kMostFused && is_fused(*node); ++i) node = &node->input(0).node();
  const bool is_image = data.shape().has_rank() && data.shape().rank() > 2;
  return node->is("GroupConvolution") || (node->is("MatMul") && is_image);
}

bool channels_are_unsafe_in(Value data) {
  if (data.shape().is_static()) return false;
  for (const Input* use = data.node().output_port(data.index()).first_use; use != nullptr; use = use->next_use) {
    const Node* reader = use->node;
    while (reader != nullptr && (reader->is("ReLU") || reader->is("Clamp") || reader->is("Add")))
      reader = single_reader(reader->output(0));
    if (reader != nullptr && reader != use->node && reader->is("FakeQuantize")) return true;
  }
  return false;
}

Node* single_reader(Value value) {
  const Input* use = value.node().output_port(value.index()).first_use;
  return use != nullptr && use->next_use == nullptr ? use->node : nullptr;
}

bool feeds_recurrent(const Node& multiply, const Conversion& conversion) {
  for (const Input* use = multiply.output_port(0).first_use; use != nullptr; use = use->next_use) {
    if (use->index < 2 && takes_quantized_inputs(*use->node, conversion)) return true;
  }
  return false;
}

}  // namespace lpt
