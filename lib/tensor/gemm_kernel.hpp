#pragma once

#include <cstdint>

namespace lpt {

/// The inner loops of matrix products for one set of instructions. T is float, double, std::uint32_t or std::uint64_t;
/// unsigned integers wrap, so that they serve for signed ones as well.
template <class T>
struct GemmKernel {
  int rows;     ///< of a tile of C, and of a panel of A
  int columns;  ///< of a tile of C, and of a panel of B
  /// A tile of C, or a part of one: c[i * c_stride + j] = (add ? the same : 0) + sum_k a[k * rows + i] * b[k * columns
  /// + j] for i < live_rows, j < live_columns. Panels are padded to their full width.
  void (*tile)(const T* a, const T* b, std::int64_t k, T* c, std::int64_t c_stride, bool add, int live_rows,
               int live_columns);
  /// out[i] += factor * in[i * step]
  void (*add_scaled)(T* out, const T* in, std::int64_t count, std::int64_t step, T factor);
  /// out[i] = sum_t weights[t] * in[offsets[t] + i]; reads and writes up to a vector of 64 bytes more than `count`.
  void (*weighted_sum)(T* out, const T* in, const std::int64_t* offsets, const T* weights, std::int64_t taps,
                       std::int64_t count);
  /// sum_i a[i] * b[i]
  T (*dot)(const T* a, const T* b, std::int64_t count);
};

struct GemmKernels {
  const char* name;
  GemmKernel<float> f32;
  GemmKernel<double> f64;
  GemmKernel<std::uint32_t> u32;
  GemmKernel<std::uint64_t> u64;
};

extern const GemmKernels kGemmPortable;
#if defined(__x86_64__)
extern const GemmKernels kGemmAvx2;    ///< needs AVX2 and FMA
extern const GemmKernels kGemmAvx512;  ///< needs AVX-512 F, BW, DQ and VL
#endif

/// The fastest one that this machine can run.
const GemmKernels& gemm_kernels();

template <class T>
const GemmKernel<T>& gemm_kernel();
template <>
inline const GemmKernel<float>& gemm_kernel() {
  return gemm_kernels().f32;
}
template <>
inline const GemmKernel<double>& gemm_kernel() {
  return gemm_kernels().f64;
}
template <>
inline const GemmKernel<std::uint32_t>& gemm_kernel() {
  return gemm_kernels().u32;
}
template <>
inline const GemmKernel<std::uint64_t>& gemm_kernel() {
  return gemm_kernels().u64;
}

}  // namespace lpt
