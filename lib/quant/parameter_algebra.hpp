#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "quant/small_tensor.hpp"

namespace lpt {

/// Scales, zero points and ranges are small tensors that are broadcast to the data, by numpy's rule. What follows says
/// what they become when an operation changes the data's axes. "Scalar" is a tensor of rank 0.
SmallTensor scalar(float value);

/// One value for all of the data: a single element, or all elements equal.
bool is_uniform(const SmallTensor& tensor);
bool is_finite(const SmallTensor& tensor);
/// All values are integers.
bool is_whole(const SmallTensor& tensor);
/// The scalar that a uniform tensor stands for; any other tensor as it is.
SmallTensor collapsed(SmallTensor tensor);

/// With ones in front, up to the rank of the data. The rank may not be larger.
SmallTensor aligned(SmallTensor tensor, std::size_t rank);
/// Axes along which the tensor has more than one element.
std::vector<std::size_t> wide_axes(const SmallTensor& tensor);
/// True if the tensor, aligned to `rank`, has one element along every axis but these.
bool varies_only_along(const SmallTensor& tensor, std::span<const std::size_t> axes, std::size_t rank);
inline bool varies_only_along(const SmallTensor& tensor, std::size_t axis, std::size_t rank) {
  return varies_only_along(tensor, std::span(&axis, 1), rank);
}

/// f(a, b) for each element of the shape that both broadcast to. The shapes must go together.
SmallTensor combined(const SmallTensor& a, const SmallTensor& b, const std::function<float(float, float)>& f);
SmallTensor mapped(SmallTensor tensor, const std::function<float(float)>& f);

inline SmallTensor product(const SmallTensor& a, const SmallTensor& b) { return combined(a, b, std::multiplies<>()); }

/// With the axes in another order: axis `order[i]` becomes axis i. Rank of the tensor: the length of the order.
SmallTensor permuted(const SmallTensor& tensor, std::span<const std::size_t> order);
/// The elements `indices` along an axis, in this order.
SmallTensor gathered(const SmallTensor& tensor, std::size_t axis, std::span<const std::size_t> indices);
/// Along an axis, `tensors[i]` repeated to `lengths[i]` elements where it has one. All of one rank.
SmallTensor concatenated(std::span<const SmallTensor> tensors, std::size_t axis, std::span<const std::size_t> lengths);
/// The same elements in another shape.
SmallTensor reshaped(SmallTensor tensor, Shape shape);

/// What a parameter of data of shape `from` becomes when the data is reshaped to `to`, both static: along each group of
/// axes with the same number of elements before and after it is repeated, and an axis along which nothing varies is
/// left with one element.
///
/// empty   if the shapes do not hold the same number of elements, or none
std::optional<SmallTensor> reshaped_with_data(const SmallTensor& tensor, const Shape& from, const Shape& to);

}  // namespace lpt
