#pragma once

#include <string_view>
#include <vector>

#include "tensor/tensor.hpp"

namespace lpt {

/// Tensors for tests, from their elements in row-major order.
Tensor f32(Lengths lengths, const std::vector<float>& elements);
Tensor i64(Lengths lengths, const std::vector<std::int64_t>& elements);
/// Likewise of any type that f64 converts to.
Tensor tensor_of(ElementType type, Lengths lengths, const std::vector<double>& elements);

/// Asserts what one operation computes: the type as the text form writes it ("SoftMax@opset8"), its attributes
/// ("axis=1"), its inputs, and the outputs, which may differ by `tolerance` in each element; NaN is equal to NaN.
void check_operation(std::string_view type, std::string_view attributes, const std::vector<Tensor>& inputs,
                     const std::vector<Tensor>& outputs, double tolerance = 0);

/// Asserts that one operation refuses its inputs, and the sentence behind its name. Operations whose types are checked
/// when a model is read need the right `output`.
void check_operation_refused(std::string_view type, std::string_view attributes, const std::vector<Tensor>& inputs,
                             std::string_view message, std::string_view output = "f32[]");

}  // namespace lpt
