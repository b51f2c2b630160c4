#pragma once

#include <optional>
#include <string>
#include <variant>

#include "quant/small_tensor.hpp"

namespace lpt {

/// The four ranges of a FakeQuantize on weights, as its element type holds them.
struct WeightsRanges {
  SmallTensor input_low, input_high, output_low, output_high;
};

/// Integer weights that stand for a FakeQuantize on a constant:
///
///     FakeQuantize(w) = scale * (stored - zero_point)
///
/// Shapes are that of the broadcast output range; values are rounded as the model's real type.
struct QuantizedWeights {
  ElementType type;                       ///< i8, u8, i4 or u4
  Blob stored;                            ///< computed when it is read
  SmallTensor scale;                      ///< real units per step
  std::optional<SmallTensor> zero_point;  ///< in steps; absent where it is 0 or has vanished into the stored values
};

/// Quantizes weights as OpenVINO's weight compression does.
///
///     q_low = 0 (unsigned, where no output range is below 0) or -(levels div 2); q_high = q_low + levels - 1
///     scale = (output_high - output_low) / (levels - 1);  zero_point = q_low - output_low / scale, 0 where scale is 0
///
/// scale and zero_point are computed in f32 and rounded once; the stored values are computed in f32, in f16 step by
/// step where the FakeQuantize is f16. The zero point vanishes into the values where for every weight the difference
/// lies within 1e-4 of a value of the stored type.
///
/// weights  static shape; a type that is_readable_as_f32
/// ranges   each broadcasts to the shape of the weights
/// levels   3 ... 256
/// returns  the quantized weights, or a sentence that says why there are none
/// source   OpenVINO 2026.4, CompressQuantizeWeights, measured. We differ where its result does not keep the function:
///          it stores any value for a scale of 0, and wraps i4 values that leave the type.
std::variant<QuantizedWeights, std::string> quantize_weights(const ConstantPath& weights, const WeightsRanges& ranges,
                                                             unsigned levels);

/// Integers that a FakeQuantize followed by a Convert to an integer type makes of a constant, for models that spell
/// quantization out: FakeQuantize -> Convert(type) -> Convert(real) [-> Subtract(zero_point)] -> Multiply(scale).
struct StoredWeights {
  Blob stored;
  bool zero_point_vanished;  ///< the Subtract has to go
};

/// type        what the first Convert makes
/// zero_point  broadcasts to the weights; vanishes under the same rule as above
/// returns     the stored integers, or a sentence that says why there are none: the steps of the FakeQuantize have to
///             be integers that the type holds
std::variant<StoredWeights, std::string> store_weights(const ConstantPath& weights, const WeightsRanges& ranges,
                                                       unsigned levels, ElementType type,
                                                       const std::optional<SmallTensor>& zero_point);

}  // namespace lpt
