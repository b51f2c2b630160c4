#pragma once

#include "ops/operation.hpp"

namespace lpt {

/// The lines of a tensor along one axis: line l begins at element first(l), its elements are `stride` apart.
struct AxisLines {
  std::int64_t count, length, stride;

  AxisLines(const Lengths& lengths, std::size_t axis)
      : count(product(lengths, 0, axis) * product(lengths, axis + 1, lengths.size())),
        length(lengths[axis]),
        stride(product(lengths, axis + 1, lengths.size())) {}
  std::int64_t first(std::int64_t line) const { return line / stride * stride * length + line % stride; }
};

}  // namespace lpt
