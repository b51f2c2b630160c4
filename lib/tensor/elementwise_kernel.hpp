#pragma once

#include <cstdint>

namespace lpt {

/// Loops over f32 elements for one set of instructions. No multiplication is fused with an addition, so that all sets
/// give the same bits.
struct ElementwiseKernels {
  /// FakeQuantize with one range for all; see ops/fake_quantize.cpp. `in` may be `out`.
  void (*fake_quantize)(const float* in, float* out, std::int64_t count, float input_low, float input_high,
                        float output_low, float output_high, float last_step);
};

extern const ElementwiseKernels kElementwisePortable;
#if defined(__x86_64__)
extern const ElementwiseKernels kElementwiseAvx2;
extern const ElementwiseKernels kElementwiseAvx512;
#endif

/// The fastest one that this machine can run.
const ElementwiseKernels& elementwise_kernels();

}  // namespace lpt
