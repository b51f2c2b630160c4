#include "tensor/gemm.hpp"

#include <algorithm>

#include <catch2/catch.hpp>
#include <vector>

using namespace lpt;

namespace {

/// Small whole numbers, of which every sum is exact in every type.
template <class T>
std::vector<T> whole_numbers(std::int64_t count, int seed) {
  std::vector<T> values;
  for (std::int64_t i = 0; i < count; ++i) values.push_back(static_cast<T>((i * 7 + seed) % 11));
  return values;
}

template <class T>
std::vector<T> product_by_definition(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<T> a, MatrixView<T> b) {
  std::vector<T> c(static_cast<std::size_t>(m * n));
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t l = 0; l < k; ++l) {
        c[static_cast<std::size_t>(i * n + j)] +=
            a.data[i * a.row_stride + l * a.column_stride] * b.data[l * b.row_stride + j * b.column_stride];
      }
    }
  }
  return c;
}

template <class T>
void check_products() {
  const std::int64_t sizes[][3] = {{1, 1, 1},     {1, 70, 40},  {3, 5, 700}, {13, 33, 321},
                                   {12, 32, 320}, {25, 300, 9}, {64, 1, 64}};
  for (const auto& [m, n, k] : sizes) {
    const auto a = whole_numbers<T>(m * k, 1);
    const auto b = whole_numbers<T>(k * n, 2);
    for (const bool transposed : {false, true}) {
      const auto left = transposed ? MatrixView<T>{a.data(), 1, m} : MatrixView<T>{a.data(), k, 1};
      const auto right = transposed ? MatrixView<T>{b.data(), 1, k} : MatrixView<T>{b.data(), n, 1};
      std::vector<T> c(static_cast<std::size_t>(m * n), T{77});
      multiply(m, n, k, left, right, c.data(), n);
      CAPTURE(m, n, k, transposed);
      CHECK(c == product_by_definition(m, n, k, left, right));
    }
  }
}

}  // namespace

TEST_CASE("products are what their definition says, for all types and views") {
  check_products<float>();
  check_products<double>();
  check_products<std::uint32_t>();
  check_products<std::uint64_t>();
}

TEST_CASE("integer products wrap around") {
  const std::vector<std::uint32_t> a{0xFFFFFFFF, 0x80000000}, b{3, 2};
  std::uint32_t c = 0;
  multiply(1, 1, 2, MatrixView<std::uint32_t>{a.data(), 2, 1}, MatrixView<std::uint32_t>{b.data(), 1, 1}, &c, 1);
  CHECK(c == 0xFFFFFFFD);  // -1 * 3 + -2^31 * 2
}

TEST_CASE("products of integers of 8 bits are exact, however deep") {
  constexpr std::int64_t kDepth = 40'000;  // whose sum needs 32 bits
  const std::vector<float> b(kDepth, 255);
  for (const std::int64_t m : {1, 5}) {
    const std::vector<float> left(static_cast<std::size_t>(m * kDepth), 255);
    std::vector<std::int32_t> c(static_cast<std::size_t>(m));
    multiply(m, 1, kDepth, MatrixView<float>{left.data(), kDepth, 1}, MatrixView<float>{b.data(), 1, 1}, c.data(), 1);
    for (const auto sum : c) CHECK(static_cast<std::uint32_t>(sum) == 255 * 255 * kDepth);
  }
}

TEST_CASE("a source of columns gives what the matrix gives, in the same bits") {
  constexpr std::int64_t kRows = 70, kColumns = 1000, kDepth = 300;
  std::vector<float> a, b;
  for (std::int64_t i = 0; i < kRows * kDepth; ++i) a.push_back(static_cast<float>(i % 97) * 0.37F - 1);
  for (std::int64_t i = 0; i < kDepth * kColumns; ++i) b.push_back(static_cast<float>(i % 89) * 0.21F - 1);
  const MatrixView<float> left{a.data(), kDepth, 1}, right{b.data(), kColumns, 1};
  std::vector<float> c(kRows * kColumns), d(kRows * kColumns);
  multiply(kRows, kColumns, kDepth, left, right, c.data(), kColumns);
  const ColumnSource<float> source = [&](std::int64_t n, std::int64_t columns, float* block) {
    for (std::int64_t k = 0; k < kDepth; ++k) block = std::copy_n(right.from(k, n).data, columns, block);
  };
  multiply(kRows, kColumns, kDepth, left, source, d.data(), kColumns);
  CHECK(c == d);
}
