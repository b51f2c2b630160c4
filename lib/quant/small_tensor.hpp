#pragma once

#include <optional>
#include <vector>

#include "ir/graph.hpp"

namespace lpt {

/// A constant that is small enough to be looked at as a whole: a range, a scale, a zero point. Static shape.
struct SmallTensor {
  Shape shape;
  std::vector<float> values;

  /// The values repeated to a shape that `shape` broadcasts to.
  SmallTensor broadcast_to(const Shape& target) const;
  /// The value of the largest magnitude; there is one.
  float farthest_from_0() const;
};

/// Bytes behind a value that does not depend on any input: a Const, with Converts to a wider real type, Reshape,
/// Squeeze, Unsqueeze and Transpose behind it.
struct ConstantPath {
  Blob blob;             ///< elements of `stored`, in the order of `shape`
  ElementType stored;    ///< type of the bytes
  ElementType real;      ///< type of the value
  Shape shape;           ///< static
  const Node* constant;  ///< where the bytes come from
};

/// empty  if the value depends on an input, passes an operation that is not folded here, or loses bits on its way
std::optional<ConstantPath> constant_path(Value value);

/// The values of a real constant path of at most 2^21 elements; empty for all else.
std::optional<SmallTensor> small_tensor(Value value);

}  // namespace lpt
