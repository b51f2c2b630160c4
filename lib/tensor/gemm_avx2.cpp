#if defined(__AVX2__)
#define LPT_VECTOR_BYTES 32
#define LPT_TILE_ROWS 6
#define LPT_KERNELS kGemmAvx2
#define LPT_KERNELS_NAME "avx2"
#include "tensor/gemm_kernel.inc"
#endif
