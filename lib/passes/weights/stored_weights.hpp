#pragma once

#include "driver/context.hpp"
#include "refusal/refusal.hpp"

namespace lpt {

/// The dequantization above input 0 of a node, if what it reads is a constant of integers.
std::optional<Dequantization> stored_weights_above(const Node& node, const PassContext& context);

/// Puts other bytes, dequantized by `below`, in the place of `node`, which reads the dequantization `above`.
void replace_stored_weights(Graph& graph, Node& node, const Dequantization& above, Blob blob, const Shape& shape,
                            const Dequantization& below, PassContext& context);

}  // namespace lpt
