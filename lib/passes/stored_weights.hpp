#pragma once

#include "passes/propagation.hpp"

namespace lpt {

/// A constant of integers, and what dequantizes it.
struct DequantizedConstant {
  Dequantization dequantization;
  Blob blob;
  Shape shape;
};

/// The one above input 0 of a node; empty if there is none.
std::optional<DequantizedConstant> stored_weights_above(const Node& node, const Conversion& conversion);

/// Puts another one in the place of `node`, under its name.
void replace_stored_weights(Graph& graph, Node& node, const DequantizedConstant& old, Blob blob, const Shape& shape,
                            const Dequantization& below);

}  // namespace lpt
