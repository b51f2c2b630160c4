#if defined(__AVX2__)
#define LPT_KERNELS kElementwiseAvx2
#include "tensor/elementwise_kernel.inc"
#endif
