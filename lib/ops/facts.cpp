#include "ops/facts.hpp"

#include <unordered_map>

namespace lpt {
namespace {

template <class... Axes>
std::vector<std::size_t> axes(Axes... list) {
  return {static_cast<std::size_t>(list)...};
}

}  // namespace

const OperationFacts* find_facts(std::string_view type) {
  static const std::unordered_map<std::string_view, OperationFacts> rows{
#define FACTS(type, least_inputs, integers, channel_axes) \
  {#type, {#type, least_inputs, OperationFacts::integers, axes channel_axes}},
#include "ops/facts.def"
#undef FACTS
  };
  const auto found = rows.find(type);
  return found == rows.end() ? nullptr : &found->second;
}

bool preserves_type(const Node& node) {
  const auto* facts = find_facts(node.type());
  return facts != nullptr && facts->integers == OperationFacts::keeps;
}

bool is_linear(const Node& node) {
  const auto* facts = find_facts(node.type());
  if (facts == nullptr || facts->integers != OperationFacts::linear || node.input_count() != facts->least_inputs)
    return false;
  return node.input_count() == 1 || node.input(0).node().constant() != nullptr ||
         node.input(1).node().constant() != nullptr;
}

bool is_convolution(const Node& node) {
  const auto* facts = find_facts(node.type());
  return facts != nullptr && !facts->output_channel_axes.empty();
}

bool sums_products(const Node& node) { return is_convolution(node) || node.is("MatMul"); }

bool is_recurrent_sequence(const Node& node) { return node.is("LSTMSequence") || node.is("GRUSequence"); }

}  // namespace lpt
