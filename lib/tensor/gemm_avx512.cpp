#if defined(__AVX512F__)
#define LPT_VECTOR_BYTES 64
#define LPT_TILE_ROWS 12
#define LPT_KERNELS kGemmAvx512
#define LPT_KERNELS_NAME "avx512"
#include "tensor/gemm_kernel.inc"
#endif
