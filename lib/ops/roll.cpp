// Roll: moves elements along axes; what leaves at one end comes in at the other.
// Source: OpenVINO Roll-7.
#include <numeric>

#include "ops/operation.hpp"
#include "tensor/strided.hpp"

namespace lpt {

std::vector<OutputSpec> roll_infer(const Arguments& arguments) {
  const auto shifts = required_integers(arguments, 1);
  const auto axes = required_integers(arguments, 2);
  if (shifts.size() != axes.size() && shifts.size() != 1)
    throw LayerError("has {} shifts for {} axes", shifts.size(), axes.size());
  return one_output(arguments.type(0), arguments.lengths(0));
}

void roll_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto shifts = run.integers(1);
  const auto axes = run.integers(2);
  std::vector<std::int64_t> by_axis(data.rank());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = axis_of(axes[i], data.rank());
    const auto length = std::max<std::int64_t>(1, data.lengths()[axis]);
    by_axis[axis] = (by_axis[axis] + shifts[shifts.size() == 1 ? 0 : i] % length + length) % length;
  }
  std::vector<Lengths> indices(data.rank());
  for (std::size_t axis = 0; axis < data.rank(); ++axis) {
    const auto length = data.lengths()[axis];
    for (std::int64_t i = 0; i < length; ++i) indices[axis].push_back((i - by_axis[axis] + length) % length);
  }
  gather_by_axis(data, indices, nullptr, run.output());
}

}  // namespace lpt
