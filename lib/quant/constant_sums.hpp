#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "quant/dequantization.hpp"

namespace lpt {

/// Sums of a constant matrix along one axis, each element times its factor.
///
/// matrix   a Const of i8 or u8 with elements, [..., rows, columns], with ones in front
/// axis     the one that is summed over: the last, or the one before it
/// factors  one for all, or one for each place along the axis
/// returns  a sum for each place along the other axis
std::vector<double> sums_along(Value matrix, std::size_t axis, std::span<const float> factors);

/// The weights of a MatMul as one matrix of stored integers.
struct StoredMatrix {
  Dequantization weights;  ///< of i8 or u8, without a zero point, with one scale or one for each column
  std::size_t summed;      ///< the axis that the product sums over

  /// empty  if the weights are something else, or the data of the MatMul is of unknown rank or a vector
  static std::optional<StoredMatrix> of(const Node& mat_mul);
  /// What the MatMul gives for data that is `value` everywhere: a number for each column, rounded once.
  SmallTensor times(float value) const;
};

}  // namespace lpt
