#pragma once

#include "tensor/tensor.hpp"

namespace lpt {

/// Elements from one axis of a tensor to the next, row-major.
Lengths strides_of(const Lengths& lengths);

/// out[i, j, ...] = in[offset + i * strides[0] + j * strides[1] + ...]: what Transpose, Slice, Broadcast and their like
/// are made of. Strides may be 0 or negative. Elements of 8 bits or more.
void gather_strided(const Tensor& in, std::int64_t offset, const Lengths& strides, Tensor& out);

/// Axis i of `out` is axis order[i] of `in`.
void permute(const Tensor& in, const Lengths& order, Tensor& out);

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
