#pragma once

#include <optional>
#include <vector>

#include "ops/operation.hpp"

namespace lpt {

/// The input axis that each axis of a Transpose's result is.
/// empty   if the order is not a constant, or the rank of the input is not known
/// throws  LayerError if the order does not hold each axis once
std::optional<std::vector<std::size_t>> transpose_order(const Arguments& arguments);

}  // namespace lpt
