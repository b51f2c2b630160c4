#pragma once

#include <cstdint>
#include <initializer_list>

#include "quant/small_tensor.hpp"

namespace lpt {

/// What constants of so many elements each take in the weights file. Single values are so few, and so often stored there
/// anyway, that they do not count.
std::uint64_t bytes_in_file(ElementType type, std::initializer_list<std::uint64_t> elements);

/// What the file loses if the only reader of a value, which comes from a constant, is no more; 0 if there are others.
std::uint64_t bytes_freed_with(Value value);

/// True if a type holds all of the values.
bool is_exact_in(ElementType type, const SmallTensor& tensor);

}  // namespace lpt
