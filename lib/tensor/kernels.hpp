#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>

namespace lpt {

/// A matrix in memory: element (i, j) is data[i * row_stride + j * column_stride]; one of the strides is 1.
template <class T>
struct MatrixView {
  const T* data;
  std::int64_t row_stride, column_stride;

  /// What is left without the first i rows and j columns.
  MatrixView from(std::int64_t i, std::int64_t j) const {
    return {data + i * row_stride + j * column_stride, row_stride, column_stride};
  }
};

/// c[i * c_stride + j] = sum_k a(i, k) * b(k, j)
template <class T>
using Product = void (*)(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<T> a, MatrixView<T> b, T* c,
                         std::int64_t c_stride);

/// out[i] = f(in[i]); `in` may be `out`.
template <class T>
using Function = void (*)(const T* in, T* out, std::int64_t count);

/// Formulas over neighbouring elements. T is float or double.
template <class T>
struct Functions {
#define FUNCTION(name, formula) Function<T> name;
#include "tensor/functions.def"
#undef FUNCTION
  void (*swish)(const T* in, T* out, std::int64_t count, T beta);
  Function<T> softmax;  ///< e^x over the sum of e^x; of at least one element
  double (*sum)(const T* in, std::int64_t count);
  /// sum (in[i] - mean)^2
  double (*squares)(const T* in, std::int64_t count, T mean);
  /// (in[i] - mean) * factor
  void (*scale)(const T* in, T* out, std::int64_t count, T mean, T factor);
};

/// The inner loops of the program, compiled once for each set of instructions. Eigen's part of them gives the same bits
/// wherever it is cut and wherever elements lie in memory, but not with another set of instructions.
struct Kernels {
  const char* name;
  void (*set_up)();  ///< to be called once, before anything else

  /// Unsigned integers wrap, so that they serve for signed ones as well.
  std::tuple<Product<float>, Product<double>, Product<std::uint32_t>, Product<std::uint64_t>> products;
  /// Exactly, for integers from -255 to 255 in a and b; `sums` has room for m * n.
  void (*multiply_small)(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<float> a, MatrixView<float> b,
                         std::int32_t* c, std::int64_t c_stride, float* sums);
  /// out[i] = sum_t weights[t] * in[offsets[t] + i]; reads and writes up to 63 elements more than `count`.
  void (*weighted_sum)(float* out, const float* in, const std::int64_t* offsets, const float* weights,
                       std::int64_t taps, std::int64_t count);

  std::tuple<Functions<float>, Functions<double>> functions;

  // What follows fuses no multiplication with an addition and gives the same bits with every set of instructions.

  /// f16 at any address to f32, and back, rounded half to even. Eigen converts them one by one.
  void (*from_f16)(const std::byte* in, float* out, std::int64_t count);
  void (*to_f16)(const float* in, std::byte* out, std::int64_t count);

  /// FakeQuantize with one range for all; see ops/fake_quantize.cpp. `in` may be `out`.
  void (*fake_quantize)(const float* in, float* out, std::int64_t count, float input_low, float input_high,
                        float output_low, float output_high, float last_step);
  /// The steps 0 ... levels-1 of a FakeQuantize, shifted to the stored integers:
  ///
  ///     stored = round((w - low) / (high - low) * (levels - 1)) + base
  ///
  /// rounded half to even, in f32; w <= min(low, high) gives the first step, w > max(low, high) the last, NaN gives 0.
  /// OpenVINO goes on to `/ (levels - 1) * (q_high - q_low) + q_low` and rounds again, which is the same integer for
  /// every number of levels up to 256.
  ///
  /// weights  little-endian f32, at any address
  /// out      the low 8 bits of each stored value
  /// source   OpenVINO FakeQuantize-1, reference implementation
  void (*quantize)(const std::byte* weights, std::int8_t* out, std::size_t count, float low, float high, float base,
                   float last_step);
  /// The same with one low, high and base for each element.
  void (*quantize_each)(const std::byte* weights, std::int8_t* out, std::size_t count, const float* low,
                        const float* high, const float* base, float last_step);
};

/// The fastest ones that this machine can run.
const Kernels& kernels();
template <class T>
const Functions<T>& functions() {
  return std::get<Functions<T>>(kernels().functions);
}

/// All that this machine can run, the portable ones first.
std::span<const Kernels* const> runnable_kernels();

}  // namespace lpt
