#pragma once

#include "passes/propagate/propagation.hpp"

namespace lpt {

/// Lets an operation of the Convolution family work on integers:
///
///     y = conv(a*(x - z_a), b_i*(w - z_i)) = a*b_i * conv(x - z_a, w - z_i)       for each output channel i
///
/// a is one scale; in a grouped operation it may differ between the groups. Zero points stay in front of the operation.
/// In the dialect without integer edges a goes to the scale of the weights, where the runtime looks for it.
Outcome propagate_weighted(Graph& graph, Node& node, PassContext& context);

/// Gives constant weights another scale. Nodes that others read as well are left to them.
void set_weights_scale(Graph& graph, Node& node, const Dequantization& weights, SmallTensor scale,
                       PassContext& context);

}  // namespace lpt
