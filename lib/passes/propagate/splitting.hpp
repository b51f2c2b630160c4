#pragma once

#include "passes/propagate/propagation.hpp"

namespace lpt {

/// Moves the dequantization above a Split or VariadicSplit below each of its outputs, with the part of the parameters
/// that belongs there.
Outcome propagate_splitting(Graph& graph, Node& split, PassContext& context);

}  // namespace lpt
