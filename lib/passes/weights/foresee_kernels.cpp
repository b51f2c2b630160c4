// Finds out what OpenVINO runs in integers, and warns of what it computes wrongly then as before; class RuntimeKernels
// says how.
#include <span>

#include "driver/context.hpp"

namespace lpt {

void foresee_kernels(Graph& graph, PassContext& context) {
  if (!context.runtime.asked()) return;
  const auto known = context.kernels.cut_states().size();
  context.kernels.add(graph);
  for (const auto& [sequence, by] : std::span(context.kernels.cut_states()).subspan(known))
    context.warnings.push_back({LayerLabel(*sequence), std::string(context.runtime.of_cut_states(by).sentence)});
}

void foresee_kernels_without_zero_points(Graph& graph, PassContext& context) {
  if (context.runtime.asked()) context.kernels_without_zero_points.add(graph);
}

}  // namespace lpt
