#pragma once

#include <cstddef>
#include <vector>

#include "ir/blob.hpp"
#include "ir/shape.hpp"
#include "quant/dequantization.hpp"

namespace lpt {

/// What an input channel of new weights takes from one of the old ones: its weights; what is left of them once they are
/// clamped to i8, without their zero point; or zeros.
struct InputChannel {
  enum Takes { weights, rest, zeros };
  std::size_t index;
  Takes takes = weights;
};

/// Which channels new weights are made of.
struct WeightChannels {
  std::vector<std::size_t> outputs;
  std::vector<InputChannel> inputs;

  /// Those of weights [outputs, inputs, ...] as they are.
  static WeightChannels of(const Shape& weights);
};

/// Stored weights [outputs, inputs, ...] with other channels, gathered when they are read: a zero is their zero point.
/// Whole bytes, static shape; a zero point varies along axis 0 alone, is whole, and a value of the type, u8 or i8.
Blob with_channels(const Dequantization& weights, WeightChannels channels);

/// The places along an axis of stored weights, u8 or i8, at which one leaves i8 without its zero point.
std::vector<std::size_t> places_beyond_i8(const Dequantization& weights, std::size_t axis);

/// Weights in i8 without a zero point; those that leave i8 are clamped.
///
/// blob   of the type of `weights`, with its parameters
/// shape  of the blob
Blob without_zero_point(const Dequantization& weights, Blob blob, const Shape& shape);

}  // namespace lpt
