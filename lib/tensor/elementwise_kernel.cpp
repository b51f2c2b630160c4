#include "tensor/elementwise_kernel.hpp"

#include "tensor/machine.hpp"

namespace lpt {

const ElementwiseKernels& elementwise_kernels() {
#if defined(__x86_64__)
  switch (instructions()) {
    case Instructions::avx512: return kElementwiseAvx512;
    case Instructions::avx2: return kElementwiseAvx2;
    case Instructions::portable: break;
  }
#endif
  return kElementwisePortable;
}

}  // namespace lpt
