#pragma once

#include "ops/operation.hpp"

namespace lpt {

/// The sizes of a MatMul, [m, k] times [k, n], where a vector is a row or a column.
struct MatMulSizes {
  std::int64_t m, n, k;
  Lengths a_batch, b_batch, batch;  ///< the axes in front, the last one that of both
  bool transpose_a, transpose_b;
  Lengths result;
};

/// throws  LayerError if shapes do not fit
MatMulSizes mat_mul_sizes(const Arguments& arguments);

}  // namespace lpt
