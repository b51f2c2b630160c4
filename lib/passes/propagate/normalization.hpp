#pragma once

#include "passes/propagate/propagation.hpp"

namespace lpt {

/// What is left of a scale behind an operation that divides by the magnitude of its data: 1, or -1 where it is
/// negative.
SmallTensor signs_of(const SmallTensor& scale);

/// The small number that such an operation adds, for data that is smaller by `scale`: eps / scale^power.
/// empty  if the scale has several values: one attribute cannot hold them
std::optional<double> rescaled_epsilon(double epsilon, const SmallTensor& scale, int power);

}  // namespace lpt
