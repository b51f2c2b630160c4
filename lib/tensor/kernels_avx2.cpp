#if defined(__AVX2__)
#define Eigen eigen_avx2
#define LPT_KERNELS kKernelsAvx2
#define LPT_KERNELS_NAME "avx2"
#include "tensor/kernels.inc"
#endif
