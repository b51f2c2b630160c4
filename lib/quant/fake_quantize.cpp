#include "quant/fake_quantize.hpp"

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

}  // namespace lpt
