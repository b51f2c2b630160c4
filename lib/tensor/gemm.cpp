#include "tensor/gemm.hpp"

#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "tensor/gemm_kernel.hpp"
#include "tensor/memory.hpp"
#include "tensor/parallel.hpp"

namespace lpt {
namespace {

/// Rows of B that are packed at once: with kColumnsAtOnce columns they fit the second cache.
constexpr std::int64_t kDepth = 320;
constexpr std::int64_t kColumnsAtOnce = 256;

std::int64_t pieces(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

/// A in panels of as many rows as a tile has, each panel row after row of k.
template <class T>
std::shared_ptr<std::byte> pack(std::int64_t m, std::int64_t k, MatrixView<T> a, int rows) {
  auto memory = allocate(static_cast<std::size_t>(pieces(m, rows) * rows * k) * sizeof(T));
  T* packed = reinterpret_cast<T*>(memory.get());
  parallel_ranges(pieces(m, rows), rows * k, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t panel = first; panel < last; ++panel) {
      const auto top = panel * rows;
      const auto live = std::min<std::int64_t>(rows, m - top);
      T* to = packed + top * k;
      if (live < rows) std::fill_n(to, rows * k, T{0});
      // In blocks, so that what is written piece by piece stays in the first cache.
      constexpr std::int64_t kBlock = 64;
      for (std::int64_t begin = 0; begin < k; begin += kBlock) {
        const auto end = std::min(k, begin + kBlock);
        for (std::int64_t i = 0; i < live; ++i) {
          const T* from = a.data + (top + i) * a.row_stride;
          for (auto step = begin; step < end; ++step) to[step * rows + i] = from[step * a.column_stride];
        }
      }
    }
  });
  return memory;
}

/// How C is shared out: every task has some columns and some rows.
struct Tasks {
  std::int64_t columns, rows;  ///< of C, of one task
  std::int64_t column_tasks, row_tasks;
};

Tasks share_out(std::int64_t m, std::int64_t n, int tile_rows, int tile_columns) {
  const auto cores = static_cast<std::int64_t>(tbb::this_task_arena::max_concurrency());
  const auto wanted = cores == 1 ? 1 : 3 * cores;
  Tasks tasks{};
  tasks.columns = std::min(pieces(n, tile_columns) * tile_columns, kColumnsAtOnce / tile_columns * tile_columns);
  while (tasks.columns > 2 * tile_columns && pieces(n, tasks.columns) < wanted)
    tasks.columns = pieces(tasks.columns / 2, tile_columns) * tile_columns;
  tasks.column_tasks = pieces(n, tasks.columns);
  const auto row_tasks = std::min(pieces(m, 4 * tile_rows), pieces(wanted, tasks.column_tasks));
  tasks.rows = pieces(pieces(m, tile_rows), row_tasks) * tile_rows;
  tasks.row_tasks = pieces(m, tasks.rows);
  return tasks;
}

template <class T>
void multiply_vector(std::int64_t n, std::int64_t k, MatrixView<T> a, MatrixView<T> b, T* c) {
  const auto& kernel = gemm_kernel<T>();
  std::vector<T> row(static_cast<std::size_t>(k));
  for (std::int64_t i = 0; i < k; ++i) row[static_cast<std::size_t>(i)] = a.data[i * a.column_stride];
  if (b.row_stride == 1) {
    parallel_ranges(n, k / 8, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t j = first; j < last; ++j) c[j] = kernel.dot(row.data(), b.data + j * b.column_stride, k);
    });
    return;
  }
  parallel_ranges(pieces(n, kColumnsAtOnce), k * kColumnsAtOnce / 8, [&](std::int64_t first, std::int64_t last) {
    const auto begin = first * kColumnsAtOnce;
    const auto count = std::min(n, last * kColumnsAtOnce) - begin;
    std::fill_n(c + begin, count, T{0});
    for (std::int64_t i = 0; i < k; ++i) {
      kernel.add_scaled(c + begin, b.data + i * b.row_stride + begin * b.column_stride, count, b.column_stride,
                        row[static_cast<std::size_t>(i)]);
    }
  });
}

}  // namespace

template <class T>
PanelSource<T> panels_of(MatrixView<T> b) {
  return [b](std::int64_t k, std::int64_t rows, std::int64_t n, std::int64_t columns, T* panel, int width) {
    if (columns < width) std::fill_n(panel, rows * width, T{0});
    if (b.column_stride == 1) {
      for (std::int64_t i = 0; i < rows; ++i)
        std::memcpy(panel + i * width, b.data + (k + i) * b.row_stride + n,
                    static_cast<std::size_t>(columns) * sizeof(T));
      return;
    }
    for (std::int64_t j = 0; j < columns; ++j) {
      const T* from = b.data + k * b.row_stride + (n + j) * b.column_stride;
      for (std::int64_t i = 0; i < rows; ++i) panel[i * width + j] = from[i * b.row_stride];
    }
  };
}

template <class T>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<T> a, const PanelSource<T>& b, T* c,
              std::int64_t c_stride) {
  if (m == 0 || n == 0) return;
  const auto& kernel = gemm_kernel<T>();
  const auto packed = pack(m, k, a, kernel.rows);
  const T* left = reinterpret_cast<const T*>(packed.get());
  const auto tasks = share_out(m, n, kernel.rows, kernel.columns);
  const auto run = [&](std::int64_t task) {
    const auto first_column = task % tasks.column_tasks * tasks.columns;
    const auto last_column = std::min(n, first_column + tasks.columns);
    const auto first_row = task / tasks.column_tasks * tasks.rows;
    const auto last_row = std::min(m, first_row + tasks.rows);
    const auto memory = allocate(static_cast<std::size_t>(tasks.columns * std::min(k, kDepth)) * sizeof(T));
    T* panels = reinterpret_cast<T*>(memory.get());
    std::int64_t from = 0;
    do {
      const auto depth = std::min(kDepth, k - from);
      for (auto j = first_column; j < last_column; j += kernel.columns) {
        b(from, depth, j, std::min<std::int64_t>(kernel.columns, last_column - j), panels + (j - first_column) * depth,
          kernel.columns);
      }
      for (auto i = first_row; i < last_row; i += kernel.rows) {
        const auto rows = static_cast<int>(std::min<std::int64_t>(kernel.rows, last_row - i));
        for (auto j = first_column; j < last_column; j += kernel.columns) {
          const auto columns = static_cast<int>(std::min<std::int64_t>(kernel.columns, last_column - j));
          kernel.tile(left + i * k + from * kernel.rows, panels + (j - first_column) * depth, depth,
                      c + i * c_stride + j, c_stride, from != 0, rows, columns);
        }
      }
      from += depth;
    } while (from < k);
  };
  const auto count = tasks.column_tasks * tasks.row_tasks;
  if (count == 1) return run(0);
  tbb::parallel_for(std::int64_t{0}, count, run);
}

template <class T>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<T> a, MatrixView<T> b, T* c,
              std::int64_t c_stride) {
  constexpr std::int64_t kMostVectors = 3;  // below this, packing costs more than it brings
  if (m > kMostVectors) return multiply(m, n, k, a, panels_of(b), c, c_stride);
  for (std::int64_t i = 0; i < m; ++i) {
    multiply_vector(n, k, MatrixView<T>{a.data + i * a.row_stride, a.row_stride, a.column_stride}, b, c + i * c_stride);
  }
}

#define LPT_INSTANCES(T)                                                                                     \
  template PanelSource<T> panels_of(MatrixView<T>);                                                          \
  template void multiply(std::int64_t, std::int64_t, std::int64_t, MatrixView<T>, const PanelSource<T>&, T*, \
                         std::int64_t);                                                                      \
  template void multiply(std::int64_t, std::int64_t, std::int64_t, MatrixView<T>, MatrixView<T>, T*, std::int64_t);
LPT_INSTANCES(float)
LPT_INSTANCES(double)
LPT_INSTANCES(std::uint32_t)
LPT_INSTANCES(std::uint64_t)
#undef LPT_INSTANCES

}  // namespace lpt
