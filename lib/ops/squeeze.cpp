// Squeeze: drops the axes given, which have length 1; without axes all that have.
// Source: OpenVINO Squeeze-1, Squeeze-15.
#include <algorithm>

#include "ops/operation.hpp"

namespace lpt {

std::vector<OutputSpec> squeeze_infer(const Arguments& arguments) {
  const auto& lengths = arguments.lengths(0);
  const auto given =
      arguments.size() > 1 ? axes_of(required_integers(arguments, 1), lengths.size()) : std::vector<std::size_t>{};
  const bool skip = boolean_attribute(arguments.node(), "allow_axis_skip", false);
  Lengths result;
  for (std::size_t axis = 0; axis < lengths.size(); ++axis) {
    const bool named = std::find(given.begin(), given.end(), axis) != given.end();
    if (named && lengths[axis] != 1 && !skip)
      throw NotInferred("axis {} of [{}] is to be dropped, but is not 1", axis, to_string(lengths));
    const bool dropped = lengths[axis] == 1 && (named || given.empty());
    if (!dropped) result.push_back(lengths[axis]);
  }
  return one_output(arguments.type(0), result);
}

void squeeze_evaluate(Evaluation& run) { run.set_output(0, run.input(0).reshaped(run.output_lengths())); }

}  // namespace lpt
