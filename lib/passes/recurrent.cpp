#include "passes/recurrent.hpp"

#include <algorithm>

#include "ops/operation.hpp"

namespace lpt {
namespace {

bool is_sequence(const Node& node) { return node.is("LSTMSequence") || node.is("GRUSequence"); }

}  // namespace

std::optional<std::string> unusable_recurrent(const Node& node, const Conversion& conversion) {
  const std::size_t first = node.is("LSTMSequence") ? 4 : 3;
  if (node.input_count() < first + 3) return "it has too few inputs";
  for (std::size_t port = 0; port < 2; ++port) {
    const auto dq = dequantization_before(node, port, conversion);
    const auto* types = conversion.target.types(node, port);
    if (dq && types != nullptr && std::find(types->begin(), types->end(), dq->type) == types->end())
      return fmt::format("input {} is of type {}", port, name(dq->type));
  }
  for (std::size_t port = first; port < first + 2; ++port) {
    const auto weights = Dequantization::producing(node.input(port), conversion.real_edges);
    if (weights && weights->zero_point) return fmt::format("its weights at input {} have a zero point", port);
  }
  if (node.input(first + 2).node().constant() == nullptr) return "its bias is no constant";
  return std::nullopt;
}

bool takes_quantized_inputs(const Node& node, const Conversion& conversion) {
  return conversion.has_integer_edges() && is_sequence(node) && conversion.target.types(node, 0) != nullptr &&
         !unusable_recurrent(node, conversion);
}

Outcome keep_before_recurrent(Node& node, Conversion& conversion) {
  if (find_operation(node) == nullptr || !has_its_inputs(node) || !dequantization_before(node, 0, conversion))
    return no_match();
  if (auto reason = unusable_recurrent(node, conversion)) return refused("{}", *reason);
  conversion.works_on_integers(node);
  return no_match();
}

}  // namespace lpt
