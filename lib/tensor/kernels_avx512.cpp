#if defined(__AVX512F__)
#define Eigen eigen_avx512
#define LPT_KERNELS kKernelsAvx512
#define LPT_KERNELS_NAME "avx512"
#include "tensor/kernels.inc"
#endif
