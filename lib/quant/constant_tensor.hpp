#pragma once

#include <cstdint>
#include <optional>

#include "ir/graph.hpp"
#include "tensor/tensor.hpp"

namespace lpt {

/// The elements of a constant, converted as the Converts behind it say.
///
/// empty  if the value is none, has more than `most` elements, a type that cannot be converted, or stands behind more
///        than 16 Converts
std::optional<Tensor> constant_tensor(Value value, std::uint64_t most);

}  // namespace lpt
