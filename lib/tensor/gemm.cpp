#include "tensor/gemm.hpp"

#include <algorithm>
#include <bit>

#include "tensor/memory.hpp"
#include "tensor/parallel.hpp"

namespace lpt {
namespace {

std::int64_t pieces(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }
std::int64_t round_up(std::int64_t count, std::int64_t size) { return pieces(count, size) * size; }

/// How C is cut into blocks, which may run at the same time: by its shape alone, so that neither the number of cores
/// nor who is faster changes a bit.
struct Blocks {
  std::int64_t m, n, k;
  std::int64_t rows, columns;  ///< of one block

  Blocks(std::int64_t all_rows, std::int64_t all_columns, std::int64_t depth) : m(all_rows), n(all_columns), k(depth) {
    constexpr std::int64_t kMostColumns = 480, kMostRows = 256;
    constexpr std::int64_t kColumnsOfTile = 48, kRowsOfTile = 4;  // of Eigen
    constexpr std::int64_t kLeastColumns = 96;
    constexpr std::int64_t kWanted = 8;               // blocks, for the sake of other cores
    constexpr std::int64_t kLeastProducts = 1 << 20;  // of a block that was cut for their sake
    constexpr std::int64_t kMostVectors = 3;          // up to which rows are quicker one by one, without packing
    columns = round_up(pieces(n, pieces(n, kMostColumns)), kColumnsOfTile);
    rows = m <= kMostVectors ? 1 : std::min(kMostRows, round_up(m, kRowsOfTile));
    while (pieces(n, columns) * pieces(m, rows) < kWanted && rows * columns * k >= 2 * kLeastProducts) {
      // Eigen packs what a block needs of A and of B again for each block: the nearer to a square, the less.
      if (columns > rows && columns >= 2 * kLeastColumns) {
        columns = round_up(columns / 2, kColumnsOfTile);
      } else if (rows > kRowsOfTile) {
        rows = round_up(rows / 2, kRowsOfTile);
      } else {
        break;
      }
    }
  }
};

/// Memory of few sizes, so that one product after the other takes the same.
template <class T>
std::shared_ptr<std::byte> scratch(std::int64_t count) {
  return allocate(std::bit_ceil(static_cast<std::size_t>(count) * sizeof(T)));
}

/// Some columns of C.
template <class T, class Sum>
void multiply_columns(const Blocks& blocks, std::int64_t columns, MatrixView<T> a, MatrixView<T> b, Sum* c,
                      std::int64_t c_stride) {
  parallel_ranges(pieces(blocks.m, blocks.rows), blocks.rows * columns * blocks.k / 32, [&](auto first, auto last) {
    for (auto row = first * blocks.rows; row < std::min(blocks.m, last * blocks.rows); row += blocks.rows) {
      const auto rows = std::min(blocks.rows, blocks.m - row);
      if constexpr (std::is_same_v<T, Sum>) {
        std::get<Product<T>>(kernels().products)(rows, columns, blocks.k, a.from(row, 0), b, c + row * c_stride,
                                                 c_stride);
      } else {
        const auto sums = scratch<T>(rows * columns);
        kernels().multiply_small(rows, columns, blocks.k, a.from(row, 0), b, c + row * c_stride, c_stride,
                                 reinterpret_cast<T*>(sums.get()));
      }
    }
  });
}

/// Calls `visit` with the first of each block's columns and how many it has.
template <class Visit>
void visit_columns(const Blocks& blocks, const Visit& visit) {
  parallel_ranges(pieces(blocks.n, blocks.columns), blocks.m * blocks.columns * blocks.k / 32,
                  [&](auto first, auto last) {
                    for (auto column = first * blocks.columns; column < std::min(blocks.n, last * blocks.columns);
                         column += blocks.columns)
                      visit(column, std::min(blocks.columns, blocks.n - column));
                  });
}

}  // namespace

template <class T, class Sum>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<T> a, const ColumnSource<T>& b, Sum* c,
              std::int64_t c_stride) {
  if (m == 0 || n == 0) return;
  const Blocks blocks(m, n, k);
  visit_columns(blocks, [&](std::int64_t column, std::int64_t columns) {
    const auto memory = scratch<T>(k * columns);
    T* block = reinterpret_cast<T*>(memory.get());
    b(column, columns, block);
    multiply_columns(blocks, columns, a, MatrixView<T>{block, columns, 1}, c + column, c_stride);
  });
}

template <class T, class Sum>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<T> a, MatrixView<T> b, Sum* c,
              std::int64_t c_stride) {
  if (m == 0 || n == 0) return;
  const Blocks blocks(m, n, k);
  visit_columns(blocks, [&](std::int64_t column, std::int64_t columns) {
    multiply_columns(blocks, columns, a, b.from(0, column), c + column, c_stride);
  });
}

#define LPT_INSTANCES(T, Sum)                                                                                   \
  template void multiply(std::int64_t, std::int64_t, std::int64_t, MatrixView<T>, const ColumnSource<T>&, Sum*, \
                         std::int64_t);                                                                         \
  template void multiply(std::int64_t, std::int64_t, std::int64_t, MatrixView<T>, MatrixView<T>, Sum*, std::int64_t);
LPT_INSTANCES(float, float)
LPT_INSTANCES(float, std::int32_t)
LPT_INSTANCES(double, double)
LPT_INSTANCES(std::uint32_t, std::uint32_t)
LPT_INSTANCES(std::uint64_t, std::uint64_t)
#undef LPT_INSTANCES

}  // namespace lpt
