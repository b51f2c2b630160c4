// Unsqueeze: adds axes of length 1 at the places that they have in the result.
// Source: OpenVINO Unsqueeze-1.
#include <algorithm>

#include "ops/operation.hpp"

namespace lpt {

std::vector<OutputSpec> unsqueeze_infer(const Arguments& arguments) {
  const auto& lengths = arguments.lengths(0);
  const auto given = required_integers(arguments, 1);
  const auto rank = lengths.size() + given.size();
  const auto axes = axes_of(given, rank);
  Lengths result;
  auto next = lengths.begin();
  for (std::size_t axis = 0; axis < rank; ++axis) {
    result.push_back(std::find(axes.begin(), axes.end(), axis) != axes.end() ? 1 : *next++);
  }
  return one_output(arguments.type(0), result);
}

void unsqueeze_evaluate(Evaluation& run) { run.set_output(0, run.input(0).reshaped(run.output_lengths())); }

}  // namespace lpt
