#pragma once

#include <span>

#include "tensor/tensor.hpp"

namespace lpt {

/// Elements from one axis of a tensor to the next, row-major.
Lengths strides_of(const Lengths& lengths);

struct StridedAxis {
  std::int64_t length, stride;
};

/// The element of a strided view that is the index-th one in row-major order.
inline std::int64_t element_at(std::span<const StridedAxis> axes, std::int64_t index) {
  std::int64_t element = 0;
  for (std::size_t i = axes.size(); i-- > 0;) {
    element += index % axes[i].length * axes[i].stride;
    index /= axes[i].length;
  }
  return element;
}

/// out[i, j, ...] = in[offset + i * strides[0] + j * strides[1] + ...]: what Transpose, Slice, Broadcast and their like
/// are made of. Strides may be 0 or negative. Elements of 8 bits or more.
void gather_strided(const Tensor& in, std::int64_t offset, const Lengths& strides, Tensor& out);

/// Axis i of `out` is axis order[i] of `in`.
void permute(const Tensor& in, const Lengths& order, Tensor& out);

/// Likewise after both are cut into other axes: `in` has the lengths `parts`, axis i of `out` is axis order[i] of these.
void permute_parts(const Tensor& in, const Lengths& parts, const Lengths& order, Tensor& out);

/// out[i, j, ...] = in[indices[0][i], indices[1][j], ...]; where an index is -1 the element is `filler`, one element of
/// the type of `in`, which may be null if there is no such index.
void gather_by_axis(const Tensor& in, const std::vector<Lengths>& indices, const std::byte* filler, Tensor& out);

/// Repeats `in`, seen with the lengths `aligned` (1 or the same as those of `out`), to fill `out`.
void repeat(const Tensor& in, const Lengths& aligned, Tensor& out);

/// Writes a tensor into a part of a larger one of the same type and rank: out[first[0] + i, ...] = in[i, ...].
void place(const Tensor& in, const Lengths& first, Tensor& out);

/// A tensor of these lengths that holds `in` from `first` on, and zeros around it.
Tensor padded(const Tensor& in, const Lengths& first, const Lengths& lengths);

}  // namespace lpt
