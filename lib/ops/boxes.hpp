#pragma once

#include <algorithm>

namespace lpt {

/// A rectangle by two corners.
struct Box {
  float x_low, y_low, x_high, y_high;

  float area() const { return (x_high - x_low) * (y_high - y_low); }
  /// Within 0 ... 1.
  Box clipped() const {
    const auto clip = [](float value) { return std::max(0.0F, std::min(1.0F, value)); };
    return {clip(x_low), clip(y_low), clip(x_high), clip(y_high)};
  }
};

/// What two boxes share, as a part of what they cover together; NaN if both are empty.
inline float overlap(const Box& a, const Box& b) {
  const float width = std::min(a.x_high, b.x_high) - std::max(a.x_low, b.x_low);
  const float height = std::min(a.y_high, b.y_high) - std::max(a.y_low, b.y_low);
  const float shared = std::max(width, 0.0F) * std::max(height, 0.0F);
  return shared / (a.area() + b.area() - shared);
}

}  // namespace lpt
