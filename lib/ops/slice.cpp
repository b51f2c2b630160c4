// Slice: numpy's start:stop:step on the axes given, or on the first ones.
// Source: OpenVINO Slice-8.
#include <numeric>

#include "ops/slices.hpp"

namespace lpt {

namespace {

std::vector<AxisSlice> slices_of(const Arguments& arguments) {
  const auto& lengths = arguments.lengths(0);
  const auto starts = required_integers(arguments, 1);
  const auto stops = required_integers(arguments, 2);
  const auto steps = required_integers(arguments, 3);
  std::vector<std::int64_t> given(starts.size());
  std::iota(given.begin(), given.end(), 0);
  if (arguments.size() > 4) given = required_integers(arguments, 4);
  if (stops.size() != starts.size() || steps.size() != starts.size() || given.size() != starts.size())
    throw LayerError("start, stop, step and axes have {}, {}, {} and {} values", starts.size(), stops.size(),
                     steps.size(), given.size());
  const auto axes = axes_of(given, lengths.size());
  std::vector<AxisSlice> slices;
  for (const auto length : lengths) slices.push_back({0, 1, length});
  for (std::size_t i = 0; i < axes.size(); ++i)
    slices[axes[i]] = clamp_slice(starts[i], stops[i], steps[i], lengths[axes[i]]);
  return slices;
}

}  // namespace

std::vector<OutputSpec> slice_infer(const Arguments& arguments) {
  Lengths result;
  for (const auto& slice : slices_of(arguments)) result.push_back(slice.length);
  return one_output(arguments.type(0), result);
}

void slice_evaluate(Evaluation& run) { take_slices(run.input(0), slices_of(run.arguments()), run.output()); }

}  // namespace lpt
