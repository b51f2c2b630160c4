#include "driver/names.hpp"

#include <algorithm>
#include <unordered_set>

#include "quant/dequantization.hpp"
#include "quant/small_tensor.hpp"

namespace lpt {
namespace {

bool is_real_value(const Node& node, std::size_t output) {
  Value value = node.output(output);
  constexpr std::string_view kMoves[] = {"Reshape", "Squeeze", "Transpose", "Unsqueeze"};
  while (value.node().input_count() > 0 && std::ranges::find(kMoves, value.node().type()) != std::end(kMoves))
    value = value.node().input(0);
  if (!is_real(value.type()) || constant_path(value)) return false;
  const auto dq = Dequantization::producing_constant(value, {});
  return !(dq && constant_path(dq->stored));
}

}  // namespace

std::vector<std::string_view> names_of_real_values(const Model& model) {
  std::vector<std::string_view> names;
  for (const Node* node = model.graph->first(); node != nullptr; node = node->next()) {
    bool any = false;
    for (std::size_t i = 0; node->is_live() && i < node->output_count(); ++i) {
      if (!is_real_value(*node, i)) continue;
      any = true;
      if (!node->output(i).names().empty()) names.push_back(node->output(i).names());
    }
    if (any) names.push_back(node->name());
  }
  return names;
}

std::vector<std::string_view> vanished(const std::vector<std::string_view>& before, const Model& model) {
  std::unordered_set<std::string_view> now;
  for (const Node* node = model.graph->first(); node != nullptr; node = node->next()) {
    now.insert(node->name());
    for (std::size_t i = 0; i < node->output_count(); ++i) now.insert(node->output(i).names());
  }
  std::vector<std::string_view> missing;
  std::ranges::copy_if(before, std::back_inserter(missing), [&](auto name) { return !now.contains(name); });
  return missing;
}

}  // namespace lpt
