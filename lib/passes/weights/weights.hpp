#pragma once

#include "driver/context.hpp"
#include "refusal/refusal.hpp"

namespace lpt {

/// A FakeQuantize that reads nothing but constants.
struct ConstantFakeQuantize {
  ConstantPath weights;
  RangeEnds ranges;
  unsigned levels;
};

/// What the passes that fold weights have in common: the constants of a FakeQuantize, or why they are not to be folded.
Expected<ConstantFakeQuantize> constant_fake_quantize(const Node& node);

/// Warns if real weights of 0 become something else.
void warn_of_zero(const Node& node, const ConstantFakeQuantize& found, PassContext& context);

/// Adds a constant that this conversion stores as integers.
Node& insert_stored(Graph& graph, Node& before, const std::string& name, ElementType type, const Shape& shape,
                    Blob blob, PassContext& context);

/// Puts stored weights and their dequantization in the place of `node`, under its name.
/// returns  the last node of the dequantization
Node& store_weights_for(Graph& graph, Node& node, ElementType type, const Shape& shape, Blob stored,
                        const Dequantization& dequantization, PassContext& context);

}  // namespace lpt
