#define LPT_KERNELS kElementwisePortable
#include "tensor/elementwise_kernel.inc"
