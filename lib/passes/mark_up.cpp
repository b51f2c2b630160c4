// Finds out what the operations around each FakeQuantize want of it; class Markup says how.
#include "passes/conversion.hpp"

namespace lpt {

void mark_up(Graph& graph, Conversion& conversion) {
  conversion.markup.add(graph, conversion.target, conversion.real_edges);
}

}  // namespace lpt
