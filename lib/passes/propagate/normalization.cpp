#include "passes/propagate/normalization.hpp"

#include <cmath>

namespace lpt {

SmallTensor signs_of(const SmallTensor& scale) {
  return mapped(scale, [](float s) { return s < 0 ? -1.0F : 1.0F; });
}

std::optional<double> rescaled_epsilon(double epsilon, const SmallTensor& scale, int power) {
  const double magnitude = std::abs(scale.values[0]);
  for (const float s : scale.values) {
    if (std::abs(s) != magnitude) return std::nullopt;
  }
  return epsilon / std::pow(magnitude, power);
}

}  // namespace lpt
