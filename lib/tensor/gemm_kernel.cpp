#include "tensor/gemm_kernel.hpp"

#include "tensor/machine.hpp"

namespace lpt {

const GemmKernels& gemm_kernels() {
#if defined(__x86_64__)
  switch (instructions()) {
    case Instructions::avx512: return kGemmAvx512;
    case Instructions::avx2: return kGemmAvx2;
    case Instructions::portable: break;
  }
#endif
  return kGemmPortable;
}

}  // namespace lpt
