// Gives the name of a layer that holds integers now to the layer that dequantizes them.
//
//     x = FakeQuantize(-128..127), x/DequantizationMultiply = Multiply(x, s)
//     =>  x_original = FakeQuantize(-128..127), x = Multiply(x_original, s)
//
// Where the scale has gone into the weights of a kernel nothing gives the real values: the tensor gets its names back,
// and is listed with its scale.
//
// Law     Whoever asks for a value by its name gets what it was, or is told what it is.
// Guard   Float edges: where integers have an integer type nobody takes them for real numbers.
#include "driver/context.hpp"
#include "refusal/refusal.hpp"

namespace lpt {
namespace {

/// The layer behind the output of another one that dequantizes it, by the name that it was given.
Node* dequantizer_below(Value stored) {
  const std::string_view own = stored.node().name();
  const std::string name = std::string(own) + std::string(kActivationNames.multiply);
  const auto real = without_original(own);
  for (const Input& use : stored.readers()) {
    Node* reader = use.node;
    if (reader->is("Subtract")) reader = reader->output(0).single_reader();
    if (reader != nullptr && reader != &stored.node() && (reader->name() == name || reader->name() == real))
      return reader;
  }
  return nullptr;
}

}  // namespace

Outcome name_real_values(Graph& graph, Node& node, PassContext& context) {
  if (context.goal.has_integer_edges()) return no_match();
  bool renamed = false;
  for (std::size_t port = 0; port < node.output_count(); ++port) {
    const Value stored = node.output(port);
    if (Node* real = dequantizer_below(stored)) {
      if (node.name().ends_with(kOriginalSuffix)) continue;
      const std::string name(node.name());
      graph.set_name(node, name + std::string(kOriginalSuffix));
      graph.set_name(*real, name);
      renamed = true;
      continue;
    }
    const auto* edge = context.float_edges.find(stored);
    if (edge == nullptr || !(edge->scale || edge->kept_zero_point != 0)) continue;
    if (stored.names().empty() && !edge->names.empty()) graph.set_names(node, port, edge->names);
    const auto rank = stored.shape().has_rank() ? stored.shape().rank() : 0;
    context.multiples.push_back({node.name(), stored.names(), port, rank, edge->scale ? edge->type : stored.type(),
                                 edge->scale.value_or(scalar(1)), edge->kept_zero_point});
  }
  return renamed ? rewritten() : no_match();
}

}  // namespace lpt
