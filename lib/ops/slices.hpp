#pragma once

#include "ops/operation.hpp"

namespace lpt {

/// Elements start, start + step, ... of an axis.
struct AxisSlice {
  std::int64_t start = 0, step = 1, length = 0;
};

/// The slice that numpy's start:stop:step names on an axis: negative places count from the end, what runs out of the
/// axis is cut.
/// throws  LayerError if step is 0
AxisSlice clamp_slice(std::int64_t start, std::int64_t stop, std::int64_t step, std::int64_t length);

/// out = in[slices], one for each axis of `in`; axes of `out` may have been added or dropped where they are 1.
void take_slices(const Tensor& in, const std::vector<AxisSlice>& slices, Tensor& out);

/// Gives each output its part of input 0 along an axis, one behind the other.
void cut(Evaluation& run, std::size_t axis);

}  // namespace lpt
