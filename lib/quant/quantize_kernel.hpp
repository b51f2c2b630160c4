#pragma once

#include <cstddef>
#include <cstdint>

namespace lpt {

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
struct QuantizeKernel {
  /// One low, high and base for all.
  void (*uniform)(const std::byte* weights, std::int8_t* out, std::size_t count, float low, float high, float base,
                  float last_step);
  /// One for each element.
  void (*varying)(const std::byte* weights, std::int8_t* out, std::size_t count, const float* low, const float* high,
                  const float* base, float last_step);
  const char* name;
};

/// The fastest one that this machine can run: AVX-512, AVX2, or what the compiler makes for any machine.
const QuantizeKernel& quantize_kernel();

/// All that this machine can run, the portable one first; they give the same values.
const QuantizeKernel* quantize_kernels(std::size_t& count);

}  // namespace lpt
