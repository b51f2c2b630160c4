#pragma once

#include <cstdint>
#include <functional>

#include "tensor/kernels.hpp"

namespace lpt {

/// The right side of a product, made block by block: columns n ... n+columns-1 go to block[k * columns + (j - n)].
template <class T>
using ColumnSource = std::function<void(std::int64_t n, std::int64_t columns, T* block)>;

/// c[i * c_stride + j] = sum_k a(i, k) * b(k, j), on all cores. Factors of type T give sums of
///
///     float, double                  the same type; what is added up for one element, and in which order, does not
///                                    depend on the number of cores
///     std::uint32_t, std::uint64_t   the same type, which wraps
///     float                          std::int32_t, exactly, if all factors are integers from -255 to 255
///
/// Whoever has such integers takes the last way: Eigen has no vectors of integers in its products (6 GFLOP/s, where
/// f32 has 80 to 100 on one core with AVX-512), and it is as quick as tiles of 32-bit integers by hand, or quicker.
///
/// m, n, k  rows of a and c; columns of b and c; columns of a and rows of b
template <class T, class Sum>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<T> a, const ColumnSource<T>& b, Sum* c,
              std::int64_t c_stride);

/// Likewise for a matrix in memory.
template <class T, class Sum>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<T> a, MatrixView<T> b, Sum* c,
              std::int64_t c_stride);

}  // namespace lpt
