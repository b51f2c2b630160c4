#define Eigen eigen_portable
#define LPT_KERNELS kKernelsPortable
#define LPT_KERNELS_NAME "portable"
#include "tensor/kernels.inc"
