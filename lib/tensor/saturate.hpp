#pragma once

#include <limits>
#include <type_traits>

namespace lpt {

/// A whole number as an integer type holds it; what does not fit becomes the nearest value that does, NaN becomes 0.
template <class T>
T saturate(double value) {
  static_assert(std::is_integral_v<T>);
  if (value != value) return 0;
  if (value <= static_cast<double>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
  if (value >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
  return static_cast<T>(value);
}

}  // namespace lpt
