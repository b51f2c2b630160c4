#pragma once

#include <optional>
#include <variant>

#include "passes/pass.hpp"
#include "quant/weights_quantization.hpp"

namespace lpt {

/// A FakeQuantize that reads nothing but constants.
struct ConstantFakeQuantize {
  ConstantPath weights;
  WeightsRanges ranges;
  unsigned levels;
};

/// What the passes that fold weights have in common: looks at a FakeQuantize, and says why it is none of theirs.
/// returns  the constants, or the outcome for a layer that is not to be folded
std::variant<ConstantFakeQuantize, Outcome> constant_fake_quantize(const Node& node);

/// What stands behind the stored weights: Convert(real) [-> Subtract(zero_point)] -> Multiply(scale).
struct DequantizationSpec {
  ElementType real;
  SmallTensor scale;
  std::optional<SmallTensor> zero_point;
};

/// Puts the stored weights and their dequantization in the place of `node`, under its name; the nodes in between are
/// named after it. The node loses its readers. Returns the last of them, the Multiply.
Node& replace_with_dequantization(Graph& graph, Node& node, ElementType type, const Shape& shape, Blob stored,
                                  const DequantizationSpec& dequantization);

/// True for a constant that this conversion has stored, false for one that the file brought.
bool is_stored_here(Value constant);

/// True if OpenVINO's low precision passes may find a dequantization in front of a value: there is a FakeQuantize not
/// far above it.
bool may_be_quantized(Value value);

/// The only layer that reads a value, if it has this type and reads it as its first input.
Node* only_reader(Value value, std::string_view type);

}  // namespace lpt
