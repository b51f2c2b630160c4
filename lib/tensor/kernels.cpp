#include "tensor/kernels.hpp"

#include <vector>

namespace lpt {

extern const Kernels kKernelsPortable;
#if defined(__x86_64__)
extern const Kernels kKernelsAvx2, kKernelsAvx512;
#endif

std::span<const Kernels* const> runnable_kernels() {
  static const auto runnable = [] {
    std::vector<const Kernels*> found{&kKernelsPortable};
#if defined(__x86_64__)
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx2) found.push_back(&kKernelsAvx2);
    if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
      found.push_back(&kKernelsAvx512);
    }
#endif
    for (const auto* each : found) each->set_up();
    return found;
  }();
  return runnable;
}

const Kernels& kernels() {
  static const Kernels& best = *runnable_kernels().back();
  return best;
}

}  // namespace lpt
