// Finds out what OpenVINO runs in integers, and warns of what it computes wrongly then as before; class RuntimeKernels
// says how.
#include <span>

#include "driver/context.hpp"

namespace lpt {

void foresee_kernels(Graph& graph, PassContext& context) {
  if (!context.runtime.asked()) return;
  const auto known = context.kernels.with_cut_states().size();
  context.kernels.add(graph);
  for (const Node* sequence : std::span(context.kernels.with_cut_states()).subspan(known))
    context.warnings.push_back({LayerLabel(*sequence), std::string(context.runtime.of_cut_states().sentence)});
}

}  // namespace lpt
