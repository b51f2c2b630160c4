// DepthToSpace: moves blocks of channels into space, for b = block_size:
//
//     blocks_first   [N, b, b, C/b^2, H, W]  ->  [N, C/b^2, H, b, W, b]
//     depth_first    [N, C/b^2, b, b, H, W]  ->  the same
//
// Source: OpenVINO DepthToSpace-1.
#include "ops/space.hpp"
#include "tensor/strided.hpp"

namespace lpt {

std::vector<OutputSpec> depth_to_space_infer(const Arguments& arguments) {
  Lengths lengths = arguments.lengths(0);
  const auto [block, volume] = block_of(arguments);
  if (lengths[1] % volume != 0) throw LayerError("{} channels do not divide by {}", lengths[1], volume);
  lengths[1] /= volume;
  for (std::size_t axis = 2; axis < lengths.size(); ++axis) lengths[axis] *= block;
  return one_output(arguments.type(0), lengths);
}

void depth_to_space_evaluate(Evaluation& run) {
  const auto block = block_of(run.arguments()).size;
  const Lengths& in = run.input(0).lengths();
  const auto spatial = static_cast<std::int64_t>(in.size()) - 2;
  const bool blocks_first = are_blocks_first(run.node());
  Lengths split{in[0]};
  if (!blocks_first) split.push_back(run.output_lengths()[1]);
  split.insert(split.end(), static_cast<std::size_t>(spatial), block);
  if (blocks_first) split.push_back(run.output_lengths()[1]);
  split.insert(split.end(), in.begin() + 2, in.end());
  Lengths order{0, blocks_first ? spatial + 1 : 1};
  for (std::int64_t i = 0; i < spatial; ++i) order.insert(order.end(), {spatial + 2 + i, (blocks_first ? 1 : 2) + i});
  permute_parts(run.input(0), split, order, run.output());
}

}  // namespace lpt
