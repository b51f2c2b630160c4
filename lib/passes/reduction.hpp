#pragma once

#include "passes/propagation.hpp"

namespace lpt {

/// What the reductions have in common: the dequantization before one and behind it, if no parameter varies along an
/// axis that is reduced. Then a parameter only loses these axes, which have one element.
struct Reduction {
  Before before;
  std::vector<std::size_t> axes;  ///< of the data
  Dequantization below;
};

Reduction reduction_of(const Node& node, const Conversion& conversion);

/// Moves a dequantization with positive scales below the maximum or the minimum.
Outcome propagate_extremum(Graph& graph, Node& node, Conversion& conversion);

}  // namespace lpt
