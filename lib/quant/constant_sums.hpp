#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ir/graph.hpp"

namespace lpt {

/// Sums of a constant matrix along one axis, each element times its factor.
///
/// matrix   a Const of i8 or u8 with elements, [..., rows, columns], with ones in front
/// axis     the one that is summed over: the last, or the one before it
/// factors  one for all, or one for each place along the axis
/// returns  a sum for each place along the other axis
std::vector<double> sums_along(Value matrix, std::size_t axis, std::span<const float> factors);

}  // namespace lpt
