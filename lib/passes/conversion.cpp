#include "passes/conversion.hpp"

#include "ir/model.hpp"

namespace lpt {

bool has_quantized_activations(const Model& model) {
  bool found = false;
  for_each_graph(*model.graph, [&](const Graph& graph) {
    for (const Node* node = graph.first(); node != nullptr && !found; node = node->next()) {
      const bool dequantizes = node->is("Convert") && node->input_count() == 1 && is_real(node->output(0).type()) &&
                               is_integer(node->input(0).type()) && bits(node->input(0).type()) <= 8 &&
                               node->input(0).node().constant() == nullptr;
      const bool quantizes = node->is("FakeQuantize") && node->input_count() > 0 && !constant_path(node->input(0));
      found = dequantizes || quantizes;
    }
  });
  return found;
}

}  // namespace lpt
