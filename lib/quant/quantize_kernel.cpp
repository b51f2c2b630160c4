#include "quant/quantize_kernel.hpp"

#include <cstring>

#include "tensor/machine.hpp"

namespace lpt {
namespace {

/// Half to even, for |x| < 2^22: adding and taking away 1.5 * 2^23 leaves no room for a fraction. Unlike rint it
/// needs no instruction that older machines lack.
[[gnu::always_inline]] inline float round_half_even(float x) {
  constexpr float kNoFraction = 12582912.0F;
  return (x + kNoFraction) - kNoFraction;
}

[[gnu::always_inline]] inline std::int8_t quantize(float w, float low, float high, float base, float last_step) {
  const float lower = low < high ? low : high;
  const float upper = low < high ? high : low;
  float step = round_half_even((w - low) / (high - low) * last_step);
  step = w <= lower ? 0.0F : step;
  step = w > upper ? last_step : step;
  const float stored = w == w ? step + base : 0.0F;
  return static_cast<std::int8_t>(static_cast<std::int32_t>(stored));
}

[[gnu::always_inline]] inline float load(const std::byte* weights, std::size_t index) {
  float w;
  std::memcpy(&w, weights + index * sizeof w, sizeof w);
  return w;
}

[[gnu::always_inline]] inline void uniform_loop(const std::byte* weights, std::int8_t* __restrict out,
                                                std::size_t count, float low, float high, float base, float last_step) {
  for (std::size_t i = 0; i < count; ++i) out[i] = quantize(load(weights, i), low, high, base, last_step);
}

[[gnu::always_inline]] inline void varying_loop(const std::byte* weights, std::int8_t* __restrict out,
                                                std::size_t count, const float* low, const float* high,
                                                const float* base, float last_step) {
  for (std::size_t i = 0; i < count; ++i) out[i] = quantize(load(weights, i), low[i], high[i], base[i], last_step);
}

// One set of instructions, one pair of functions: the loops are the same, the compiler makes the most of each.
#define LPT_KERNEL(suffix, target)                                                                                     \
  target void uniform_##suffix(const std::byte* w, std::int8_t* out, std::size_t n, float low, float high, float base, \
                               float last_step) {                                                                      \
    uniform_loop(w, out, n, low, high, base, last_step);                                                               \
  }                                                                                                                    \
  target void varying_##suffix(const std::byte* w, std::int8_t* out, std::size_t n, const float* low,                  \
                               const float* high, const float* base, float last_step) {                                \
    varying_loop(w, out, n, low, high, base, last_step);                                                               \
  }                                                                                                                    \
  constexpr QuantizeKernel k_##suffix{uniform_##suffix, varying_##suffix, #suffix};

LPT_KERNEL(portable, )
#if defined(__x86_64__)
LPT_KERNEL(avx2, __attribute__((target("avx2"))))
LPT_KERNEL(avx512, __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))))
#endif
#undef LPT_KERNEL

struct Available {
  QuantizeKernel kernels[3] = {k_portable};
  std::size_t count = 1;

  Available() {
#if defined(__x86_64__)
    if (instructions() != Instructions::portable) kernels[count++] = k_avx2;
    if (instructions() == Instructions::avx512) kernels[count++] = k_avx512;
#endif
  }
};

const Available& available() {
  static const Available instance;
  return instance;
}

}  // namespace

const QuantizeKernel& quantize_kernel() { return available().kernels[available().count - 1]; }

const QuantizeKernel* quantize_kernels(std::size_t& count) {
  count = available().count;
  return available().kernels;
}

}  // namespace lpt
