#pragma once

#include "passes/propagate/propagation.hpp"

namespace lpt {

/// What the reductions have in common: the dequantization before one and behind it, if no parameter varies along an
/// axis that is reduced. Then a parameter only loses these axes, which have one element.
struct Reduction {
  Dequantization above, below;
  std::vector<std::size_t> axes;  ///< of the data
};

Expected<Reduction> reduction_of(const Node& node, const PassContext& context);

/// Moves a dequantization with positive scales below the maximum or the minimum.
Outcome propagate_extremum(Graph& graph, Node& node, PassContext& context);

}  // namespace lpt
