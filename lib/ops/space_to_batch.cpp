// SpaceToBatch: pads with 0, cuts every axis d of length D into [D/b, b], and moves the places inside of the blocks, in
// row-major order, in front of the batch.
// Source: OpenVINO SpaceToBatch-2.
#include "ops/space.hpp"
#include "tensor/strided.hpp"

namespace lpt {

std::vector<OutputSpec> space_to_batch_infer(const Arguments& arguments) {
  Lengths lengths = arguments.lengths(0);
  const auto [block, begin, end] = space_blocks(arguments);
  for (std::size_t axis = 1; axis < lengths.size(); ++axis) {
    lengths[axis] += begin[axis] + end[axis];
    if (lengths[axis] % block[axis] != 0)
      throw LayerError("axis {} has {} elements with its pads, which do not divide by {}", axis, lengths[axis],
                       block[axis]);
    lengths[axis] /= block[axis];
    if (__builtin_mul_overflow(lengths[0], block[axis], &lengths[0]))
      throw LayerError("its blocks make a batch of more than 2^63");
  }
  return one_output(arguments.type(0), lengths);
}

void space_to_batch_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto [block, begin, end] = space_blocks(run.arguments());
  Lengths lengths = data.lengths();
  for (std::size_t axis = 0; axis < data.rank(); ++axis) lengths[axis] += begin[axis] + end[axis];
  const Tensor wide = padded(data, begin, lengths);
  const auto rank = static_cast<std::int64_t>(data.rank());
  Lengths split{lengths[0]};
  for (std::size_t axis = 1; axis < data.rank(); ++axis)
    split.insert(split.end(), {lengths[axis] / block[axis], block[axis]});
  Lengths order;
  for (std::int64_t axis = 1; axis < rank; ++axis) order.push_back(2 * axis);
  order.push_back(0);
  for (std::int64_t axis = 1; axis < rank; ++axis) order.push_back(2 * axis - 1);
  permute_parts(wide, split, order, run.output());
}

}  // namespace lpt
