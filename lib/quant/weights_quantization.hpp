#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "quant/dequantization.hpp"
#include "refusal/refusal.hpp"

namespace lpt {

/// The four ends of the ranges of a FakeQuantize, as its element type holds them.
struct RangeEnds {
  SmallTensor input_low, input_high, output_low, output_high;

  static constexpr std::string_view kNames[] = {"input_low", "input_high", "output_low", "output_high"};
  /// In the order of inputs 1 to 4.
  std::array<SmallTensor*, 4> all() { return {&input_low, &input_high, &output_low, &output_high}; }
};

/// What is written for an input_low of 0 where the runtime would misuse a 0. It is read as 0: no value lies between.
inline constexpr float kJustBelowZero = -1e-30F;

/// returns  the ends of a FakeQuantize whose ranges are constants, or which of them is none
Expected<RangeEnds> range_ends_of(const Node& fake_quantize);

/// Integer weights that stand for a FakeQuantize on a constant:
///
///     FakeQuantize(w) = scale * (stored - zero_point)
///
/// Shapes are that of the broadcast output range.
struct QuantizedWeights {
  Blob stored;  ///< computed when it is read
  /// Of i8, u8, i4 or u4, to f32; the zero point is absent where it is 0 or has vanished into the stored values.
  Dequantization dequantization;
  SmallTensor first_step;  ///< as it is stored
};

/// What stands behind stored weights: Convert(real) [-> Subtract(zero_point)] -> Multiply(scale).
Dequantization weights_dequantization(ElementType type, ElementType real, SmallTensor scale,
                                      std::optional<SmallTensor> zero_point);

/// One channel of a FakeQuantize.
struct QuantizedChannel {
  double input_low, input_high, output_low, output_high, steps;

  /// It gives this value for it, but for rounding.
  bool keeps(double value) const;
};
/// For each element of the shape that the ranges broadcast to together; empty if they do not.
std::vector<QuantizedChannel> channels_of(RangeEnds ranges, std::uint64_t levels);

/// Quantizes weights as OpenVINO's weight compression does.
///
///     q_low = 0 (unsigned, where no output range is below 0) or -(levels div 2); q_high = q_low + levels - 1
///     scale = (output_high - output_low) / (levels - 1);  zero_point = q_low - output_low / scale, 0 where scale is 0
///
/// All of it in f32, as the runtime computes FakeQuantizes of f16 and bf16, too. The zero point vanishes into the
/// values where for every weight the difference lies within 1e-4 of a value of the stored type.
///
/// weights  static shape; a type that is_readable_as_f32
/// ranges   each broadcasts to the shape of the weights
/// levels   3 ... 256
/// returns  the quantized weights, or why there are none
/// source   OpenVINO 2026.4, CompressQuantizeWeights, measured. We differ where its result does not keep the function:
///          it stores any value for a scale of 0, where we store 0, wraps i4 values that leave the type, and computes
///          f16 in f16, one off.
Expected<QuantizedWeights> quantize_weights(const ConstantPath& weights, const RangeEnds& ranges, unsigned levels);

/// Integers that a FakeQuantize followed by a Convert to an integer type makes of a constant, for models that spell
/// quantization out: FakeQuantize -> Convert(type) -> Convert(real) [-> Subtract(zero_point)] -> Multiply(scale).
struct StoredWeights {
  Blob stored;
  bool zero_point_vanished;  ///< the Subtract has to go
};

/// type        what the first Convert makes
/// zero_point  broadcasts to the weights; vanishes under the same rule as above
/// returns     the stored integers, or why there are none: the steps of the FakeQuantize have to be integers that the
///             type holds
Expected<StoredWeights> store_weights(const ConstantPath& weights, const RangeEnds& ranges, unsigned levels,
                                      ElementType type, const std::optional<SmallTensor>& zero_point);

}  // namespace lpt
