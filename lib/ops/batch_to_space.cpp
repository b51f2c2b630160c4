// BatchToSpace: the inverse of SpaceToBatch; crops instead of pads.
// Source: OpenVINO BatchToSpace-2.
#include "ops/slices.hpp"
#include "ops/space.hpp"
#include "tensor/strided.hpp"

namespace lpt {

std::vector<OutputSpec> batch_to_space_infer(const Arguments& arguments) {
  Lengths lengths = arguments.lengths(0);
  const auto [block, begin, end] = space_blocks(arguments);
  for (std::size_t axis = 1; axis < lengths.size(); ++axis) {
    if (lengths[0] % block[axis] != 0)
      throw LayerError("a batch of {} does not divide by its blocks", arguments.lengths(0)[0]);
    lengths[0] /= block[axis];
    lengths[axis] = lengths[axis] * block[axis] - begin[axis] - end[axis];
    if (lengths[axis] < 0) throw LayerError("crops {} and {} leave nothing of axis {}", begin[axis], end[axis], axis);
  }
  return one_output(arguments.type(0), lengths);
}

void batch_to_space_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto [block, begin, end] = space_blocks(run.arguments());
  const auto rank = static_cast<std::int64_t>(data.rank());
  Lengths split(block.begin() + 1, block.end());
  split.push_back(run.output_lengths()[0]);
  split.insert(split.end(), data.lengths().begin() + 1, data.lengths().end());
  Lengths order{rank - 1};
  Lengths whole{run.output_lengths()[0]};
  for (std::int64_t axis = 1; axis < rank; ++axis) {
    order.insert(order.end(), {rank - 1 + axis, axis - 1});
    whole.push_back(data.lengths()[static_cast<std::size_t>(axis)] * block[static_cast<std::size_t>(axis)]);
  }
  Tensor wide(data.type(), whole);
  permute_parts(data, split, order, wide);
  std::vector<AxisSlice> slices;
  for (std::size_t axis = 0; axis < whole.size(); ++axis)
    slices.push_back({begin[axis], 1, run.output_lengths()[axis]});
  take_slices(wide, slices, run.output());
}

}  // namespace lpt
