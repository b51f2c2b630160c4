// Finds out what OpenVINO runs in integers, and warns of what it computes wrongly then as before; class RuntimeKernels
// says how.
#include <span>

#include "driver/context.hpp"
#include "ops/facts.hpp"

namespace lpt {
namespace {

/// True for weights under a Subtract, and for those of u8, whose zero point may be 0.
bool may_have_zero_point(Value weights) {
  const Node* node = &weights.node();
  while ((node->is("Convert") || node->is("Multiply")) && node->input_count() > 0) {
    const bool comes_second = node->input_count() > 1 && node->input(0).node().constant() != nullptr;
    node = &node->input(comes_second ? 1 : 0).node();
  }
  return node->is("Subtract") || (node->constant() != nullptr && node->output(0).type() == ElementType::u8);
}

}  // namespace

void foresee_kernels(Graph& graph, PassContext& context) {
  if (!context.runtime.asked()) return;
  const auto known = context.kernels.cut_states().size();
  context.kernels.add(graph);
  for (const auto& [sequence, by] : std::span(context.kernels.cut_states()).subspan(known))
    context.warnings.push_back({LayerLabel(*sequence), std::string(context.runtime.of_cut_states(by).sentence)});
}

void foresee_kernels_without_zero_points(Graph& graph, PassContext& context) {
  // Most models have no such weights: the walk along all edges is spared.
  for (const Node* node = graph.first(); context.runtime.asked() && node != nullptr; node = node->next()) {
    if (node->is_live() && sums_products(*node) && node->input_count() > 1 && may_have_zero_point(node->input(1)))
      return context.kernels_without_zero_points.add(graph);
  }
}

}  // namespace lpt
