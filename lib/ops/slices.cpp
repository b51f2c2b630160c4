#include "ops/slices.hpp"

#include <algorithm>

#include "tensor/strided.hpp"

namespace lpt {

AxisSlice clamp_slice(std::int64_t start, std::int64_t stop, std::int64_t step, std::int64_t length) {
  if (step == 0) throw LayerError("a step is 0");
  const auto from_end = [length](std::int64_t at) { return at < 0 ? at + length : at; };
  const std::int64_t low = step > 0 ? 0 : -1;
  const std::int64_t high = step > 0 ? length : length - 1;
  const auto first = std::clamp(from_end(start), low, high);
  const auto last = std::clamp(from_end(stop), low, high);
  const auto distance = step > 0 ? last - first : first - last;
  if (distance <= 0) return {first, step, 0};
  // Unsigned, because the smallest step has no negative.
  const auto width = step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
  return {first, step, static_cast<std::int64_t>((static_cast<std::uint64_t>(distance) - 1) / width + 1)};
}

void take_slices(const Tensor& in, const std::vector<AxisSlice>& slices, Tensor& out) {
  const auto in_strides = strides_of(in.lengths());
  std::int64_t offset = 0;
  Lengths strides;
  Lengths lengths;
  for (std::size_t axis = 0; axis < slices.size(); ++axis) {
    offset += slices[axis].start * in_strides[axis];
    lengths.push_back(slices[axis].length);
    // The step of a slice of one element is never taken, and might not fit.
    strides.push_back(slices[axis].length > 1 ? slices[axis].step * in_strides[axis] : 0);
  }
  Tensor view = out.reshaped(lengths);
  gather_strided(in, offset, strides, view);
}

void cut(Evaluation& run, std::size_t axis) {
  const Tensor& in = run.input(0);
  const auto strides = strides_of(in.lengths());
  std::int64_t first = 0;
  for (std::size_t i = 0; i < run.output_count(); ++i) {
    gather_strided(in, first * strides[axis], strides, run.output(i));
    first += run.output_lengths(i)[axis];
  }
}

}  // namespace lpt
