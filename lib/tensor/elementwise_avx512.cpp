#if defined(__AVX512F__)
#define LPT_KERNELS kElementwiseAvx512
#include "tensor/elementwise_kernel.inc"
#endif
