#include "driver/context.hpp"

#include "ir/model.hpp"

namespace lpt {

bool has_quantized_activations(const Model& model) {
  bool found = false;
  for_each_node(*model.graph, [&](const Node& node) {
    if (found || !node.is_live() || node.input_count() == 0) return;
    const Value data = node.input(0);
    const bool dequantizes = node.is("Convert") && is_real(node.output(0).type()) && is_integer(data.type()) &&
                             bits(data.type()) <= 8 && data.node().constant() == nullptr;
    found = dequantizes || (node.is("FakeQuantize") && !constant_path(data));
  });
  return found;
}

std::optional<Dequantization> dequantization_before(const Node& node, std::size_t port, const PassContext& context) {
  if (port >= node.input_count()) return std::nullopt;
  auto found = Dequantization::producing(node.input(port), context.float_edges);
  return found && found->comes_from_quantization() ? std::move(found) : std::nullopt;
}

}  // namespace lpt
