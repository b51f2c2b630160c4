// ShuffleChannels: cuts an axis into `group` parts and interleaves them: [g, n/g] -> [n/g, g].
// Source: OpenVINO ShuffleChannels-0.
#include "ops/operation.hpp"
#include "tensor/strided.hpp"

namespace lpt {

std::vector<OutputSpec> shuffle_channels_infer(const Arguments& arguments) {
  const auto& lengths = arguments.lengths(0);
  const auto axis = axis_of(integer_attribute(arguments.node(), "axis", 1), lengths.size());
  const auto group = integer_attribute(arguments.node(), "group", 1);
  if (group < 1 || lengths[axis] % group != 0)
    throw LayerError("group is {}, axis {} of [{}] does not divide by it", group, axis, to_string(lengths));
  return one_output(arguments.type(0), lengths);
}

void shuffle_channels_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto axis = axis_of(integer_attribute(run.node(), "axis", 1), data.rank());
  const auto group = integer_attribute(run.node(), "group", 1);
  const auto outer = product(data.lengths(), 0, axis);
  const auto inner = product(data.lengths(), axis + 1, data.rank());
  const auto part = data.lengths()[axis] / group;
  permute_parts(data, {outer, group, part, inner}, {0, 2, 1, 3}, run.output());
}

}  // namespace lpt
