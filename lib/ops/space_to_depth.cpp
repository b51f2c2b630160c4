// SpaceToDepth: moves blocks of space into channels; the inverse of DepthToSpace.
// Source: OpenVINO SpaceToDepth-1.
#include "ops/space.hpp"
#include "tensor/strided.hpp"

namespace lpt {

std::vector<OutputSpec> space_to_depth_infer(const Arguments& arguments) {
  Lengths lengths = arguments.lengths(0);
  const auto [block, volume] = block_of(arguments);
  for (std::size_t axis = 2; axis < lengths.size(); ++axis) {
    if (lengths[axis] % block != 0)
      throw LayerError("axis {} of [{}] does not divide by {}", axis, to_string(lengths), block);
    lengths[axis] /= block;
  }
  lengths[1] *= volume;
  return one_output(arguments.type(0), lengths);
}

void space_to_depth_evaluate(Evaluation& run) {
  const auto block = block_of(run.arguments()).size;
  const Lengths& in = run.input(0).lengths();
  const auto spatial = static_cast<std::int64_t>(in.size()) - 2;
  const bool blocks_first = are_blocks_first(run.node());
  Lengths split{in[0], in[1]};
  for (std::int64_t i = 0; i < spatial; ++i)
    split.insert(split.end(), {in[static_cast<std::size_t>(i) + 2] / block, block});
  Lengths order{0};
  if (!blocks_first) order.push_back(1);
  for (std::int64_t i = 0; i < spatial; ++i) order.push_back(3 + 2 * i);
  if (blocks_first) order.push_back(1);
  for (std::int64_t i = 0; i < spatial; ++i) order.push_back(2 + 2 * i);
  permute_parts(run.input(0), split, order, run.output());
}

}  // namespace lpt
