// Finds out what the operations around each FakeQuantize want of it; class Markup says how.
#include "driver/context.hpp"

namespace lpt {

void mark_up(Graph& graph, PassContext& context) {
  context.markup.add(graph, context.goal.target, context.float_edges);
}

}  // namespace lpt
