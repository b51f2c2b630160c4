#if defined(__aarch64__)
#define LPT_TILE_ROWS 10
#define LPT_KERNELS_NAME "neon"
#else
#define LPT_TILE_ROWS 5
#define LPT_KERNELS_NAME "portable"
#endif
#define LPT_VECTOR_BYTES 16
#define LPT_KERNELS kGemmPortable
#include "tensor/gemm_kernel.inc"
