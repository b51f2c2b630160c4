#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "refusal/refusal.hpp"

namespace lpt {

/// A layer of the Convolution family with quantized activations and weights; all weights have one value.
struct WeightedLayer {
  std::string_view pass, type, attributes;
  std::string in, kernel, out;       ///< shapes
  std::string activations, weights;  ///< their dequantizations, as text
  std::string data_type = "u8", weights_type = "i8";
};

/// A zero point that stays in front of the layer, as its values and their shape.
struct InFront {
  std::string_view values = {}, shape = {};
};

/// Asserts that the layer reads integers behind the pass, and that its output is multiplied by a scale.
void check_weighted(const WeightedLayer& layer, std::string_view scale, std::string_view scale_shape,
                    const InFront& activations = {}, const InFront& weights = {});
/// Asserts that the pass leaves the layer alone for a reason, and its code, if there is one.
void check_weighted_refused(const WeightedLayer& layer, std::string_view reason,
                            std::optional<Cause> code = std::nullopt);

/// Two inputs of an elementwise operation on data of shape [1,4,2,2]; without a dequantization it is real data.
struct BranchText {
  std::string_view type, shape, dequantization;
};
std::string branch_inputs(const BranchText& a, const BranchText& b);
/// The inputs, their dequantizations, and `y`, the operation on them, which the result of the model reads.
std::string branches_text(std::string_view operation, const BranchText& a, const BranchText& b);

}  // namespace lpt
