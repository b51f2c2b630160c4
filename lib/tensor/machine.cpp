#include "tensor/machine.hpp"

namespace lpt {

Instructions instructions() {
#if defined(__x86_64__)
  static const Instructions best = [] {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq")) {
      return Instructions::avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Instructions::avx2;
    return Instructions::portable;
  }();
  return best;
#else
  return Instructions::portable;
#endif
}

}  // namespace lpt
