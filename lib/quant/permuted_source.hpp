#pragma once

#include <cstddef>
#include <vector>

#include "ir/blob.hpp"
#include "ir/shape.hpp"

namespace lpt {

/// The bytes of a tensor with its axes in another order, gathered when they are read: what Transpose does to a
/// constant. Only the wanted part is ever in memory.
///
/// order         axis of the input for each axis of the result
/// element_size  bytes; types below a byte cannot be permuted so
Blob permuted(const Blob& blob, const Shape& shape, std::vector<std::size_t> order, std::size_t element_size);

}  // namespace lpt
