#pragma once

#include <cstdint>
#include <functional>

namespace lpt {

/// A matrix in memory: element (i, j) is data[i * row_stride + j * column_stride].
template <class T>
struct MatrixView {
  const T* data;
  std::int64_t row_stride, column_stride;
};

/// The right side of a product, which hands out panels: rows k ... k+rows-1 and columns n ... n+columns-1 go to
/// panel[(i - k) * width + (j - n)], and the rest of each row is filled with zeros.
template <class T>
using PanelSource =
    std::function<void(std::int64_t k, std::int64_t rows, std::int64_t n, std::int64_t columns, T* panel, int width)>;

/// Panels of a matrix.
template <class T>
PanelSource<T> panels_of(MatrixView<T> b);

/// c[i * c_stride + j] = sum_k a(i, k) * b(k, j), on all cores. T is float, double, std::uint32_t or std::uint64_t;
/// what is added up for one element, and in which order, does not depend on the number of cores.
/// m, n, k  rows of a and c; columns of b and c; columns of a and rows of b
template <class T>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<T> a, const PanelSource<T>& b, T* c,
              std::int64_t c_stride);

/// Likewise for a matrix in memory; takes the short way for products of a vector.
template <class T>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<T> a, MatrixView<T> b, T* c,
              std::int64_t c_stride);

}  // namespace lpt
