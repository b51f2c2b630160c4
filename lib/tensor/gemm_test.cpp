#include "tensor/gemm.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "tensor/elementwise_kernel.hpp"
#include "tensor/gemm_kernel.hpp"
#include "tensor/machine.hpp"

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

/// One tile of every size that a kernel may be asked for, with and without addition to what is there.
template <class T>
void check_tiles(const GemmKernel<T>& kernel) {
  constexpr std::int64_t kDepth = 5;
  const auto a = whole_numbers<T>(kDepth * kernel.rows, 1);
  const auto b = whole_numbers<T>(kDepth * kernel.columns, 2);
  const auto full = product_by_definition<T>(kernel.rows, kernel.columns, kDepth, {a.data(), 1, kernel.rows},
                                             {b.data(), kernel.columns, 1});
  for (int rows = 1; rows <= kernel.rows; ++rows) {
    for (int columns = 1; columns <= kernel.columns; ++columns) {
      for (const bool add : {false, true}) {
        const std::int64_t stride = kernel.columns + 3;
        std::vector<T> c(static_cast<std::size_t>(kernel.rows * stride), T{5});
        kernel.tile(a.data(), b.data(), kDepth, c.data(), stride, add, rows, columns);
        bool right = true;
        for (std::int64_t i = 0; i < kernel.rows; ++i) {
          for (std::int64_t j = 0; j < stride; ++j) {
            const T value = i < rows && j < columns
                                ? static_cast<T>(full[static_cast<std::size_t>(i * kernel.columns + j)] + (add ? 5 : 0))
                                : T{5};
            right = right && c[static_cast<std::size_t>(i * stride + j)] == value;
          }
        }
        CAPTURE(rows, columns, add);
        CHECK(right);
      }
    }
  }
}

/// Those of three sets of kernels that this machine can run.
template <class Kernels>
std::vector<const Kernels*> runnable(std::vector<const Kernels*> portable_avx2_avx512) {
  portable_avx2_avx512.resize(instructions() == Instructions::avx512 ? 3
                              : instructions() == Instructions::avx2 ? 2
                                                                     : 1);
  return portable_avx2_avx512;
}

#if defined(__x86_64__)
const auto kGemms = runnable<GemmKernels>({&kGemmPortable, &kGemmAvx2, &kGemmAvx512});
const auto kElementwise = runnable<ElementwiseKernels>({&kElementwisePortable, &kElementwiseAvx2, &kElementwiseAvx512});
#else
const auto kGemms = runnable<GemmKernels>({&kGemmPortable});
const auto kElementwise = runnable<ElementwiseKernels>({&kElementwisePortable});
#endif

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
  multiply<std::uint32_t>(1, 1, 2, {a.data(), 2, 1}, {b.data(), 1, 1}, &c, 1);
  CHECK(c == 0xFFFFFFFD);  // -1 * 3 + -2^31 * 2
}

TEST_CASE("every set of instructions computes every tile") {
  for (const auto* kernels : kGemms) {
    CAPTURE(kernels->name);
    check_tiles(kernels->f32);
    check_tiles(kernels->f64);
    check_tiles(kernels->u32);
    check_tiles(kernels->u64);
  }
}

TEST_CASE("every set of instructions adds, weighs and multiplies rows") {
  for (const auto* kernels : kGemms) {
    CAPTURE(kernels->name);
    const auto in = whole_numbers<float>(300, 3);
    for (const std::int64_t count : {1, 15, 16, 17, 100}) {
      for (const std::int64_t step : {1, 2, 3}) {
        std::vector<float> out(static_cast<std::size_t>(count), 1);
        kernels->f32.add_scaled(out.data(), in.data(), count, step, 2);
        for (std::int64_t i = 0; i < count; ++i)
          CHECK(out[static_cast<std::size_t>(i)] == 1 + 2 * in[static_cast<std::size_t>(i * step)]);
      }
      float sum = 0;
      for (std::int64_t i = 0; i < count; ++i)
        sum += in[static_cast<std::size_t>(i)] * in[static_cast<std::size_t>(i + 5)];
      CHECK(kernels->f32.dot(in.data(), in.data() + 5, count) == sum);
      const std::vector<std::int64_t> offsets{0, 7, 30};
      const std::vector<float> weights{1, 10, 3};
      std::vector<float> out(static_cast<std::size_t>(count) + 16);
      kernels->f32.weighted_sum(out.data(), in.data(), offsets.data(), weights.data(), 3, count);
      for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
        CHECK(out[i] == in[i] + 10 * in[i + 7] + 3 * in[i + 30]);
    }
  }
}

TEST_CASE("every set of instructions quantizes to the same bits") {
  std::vector<float> in;
  for (int i = 0; i < 4001; ++i) in.push_back(static_cast<float>(i - 2000) * 0.0037F);
  in.insert(in.end(), {1e30F, -1e30F, 0.0F, -0.0F});
  std::vector<float> first;
  for (const auto* kernels : kElementwise) {
    std::vector<float> out(in.size());
    kernels->fake_quantize(in.data(), out.data(), static_cast<std::int64_t>(in.size()), -3.3F, 4.1F, -1.7F, 2.9F, 254);
    if (first.empty()) first = out;
    CHECK(out == first);
  }
}
