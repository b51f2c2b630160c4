#include "driver/context.hpp"

#include "ir/model.hpp"

namespace lpt {

bool has_quantized_activations(const Model& model) {
  bool found = false;
  for_each_graph(*model.graph, [&](const Graph& graph) {
    for (const Node* node = graph.first(); node != nullptr && !found; node = node->next()) {
      if (!node->is_live() || node->input_count() == 0) continue;
      const bool dequantizes = node->is("Convert") && is_real(node->output(0).type()) &&
                               is_integer(node->input(0).type()) && bits(node->input(0).type()) <= 8 &&
                               node->input(0).node().constant() == nullptr;
      const bool quantizes = node->is("FakeQuantize") && !constant_path(node->input(0));
      found = dequantizes || quantizes;
    }
  });
  return found;
}

std::optional<Dequantization> dequantization_before(const Node& node, std::size_t port, const PassContext& context) {
  if (port >= node.input_count()) return std::nullopt;
  auto found = Dequantization::producing(node.input(port), context.float_edges);
  return found && found->comes_from_quantization() ? std::move(found) : std::nullopt;
}

}  // namespace lpt
