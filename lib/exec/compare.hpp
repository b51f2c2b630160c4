#pragma once

#include <string>
#include <vector>

#include "exec/executor.hpp"

namespace lpt {

/// How far one tensor is from another that counts as right.
struct Distance {
  double max_abs = 0;      ///< the largest difference; infinite if one is NaN where the other is not
  double max_rel = 0;      ///< that, over the largest magnitude of the right one
  double sqnr_db = 0;      ///< signal to noise: 10 log10(sum right^2 / sum difference^2); infinite if there is none
  double cosine = 1;       ///< of the angle between them
  double arg_max = 1;      ///< share of rows along the last axis whose largest element is at the same place
  bool same_shape = true;  ///< if not, nothing else is told
};

/// Tensors of numbers or booleans, of any types. Values that are equal, infinite ones included, have no difference.
Distance distance(const Tensor& right, const Tensor& other);

inline constexpr double kDefaultTolerance = 1e-3;

/// Whether two tensors count as equal: the largest difference is at most `tolerance` times the largest magnitude.
bool within(const Distance& distance, double tolerance);

/// A name for each output in messages and files: its first tensor name, or output_N.
std::vector<std::string> output_names(const std::vector<ModelPort>& ports);

}  // namespace lpt
