#pragma once

#include "tensor/tensor.hpp"

namespace lpt {

/// The tensor with elements of another type; shares the elements if that is the type they have. Takes every type but
/// string, also packed ones, and gives every type of 8 bits or more but f8. Real numbers lose their fraction on the way
/// to an integer type; what does not fit keeps its low bits; boolean is 1 for all but 0.
/// throws  Error (internal) for other types
Tensor convert(const Tensor& tensor, ElementType type);

/// True if `convert` knows the pair.
bool can_convert(ElementType from, ElementType to);

}  // namespace lpt
