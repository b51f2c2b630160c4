// StridedSlice: begin:end:stride, with masks: a 1 in begin_mask or end_mask leaves that end open, in new_axis_mask adds
// an axis, in shrink_axis_mask takes one element and drops the axis, in ellipsis_mask stands for all axes not named.
// Source: OpenVINO StridedSlice-1.
#include <algorithm>

#include "ops/slices.hpp"

namespace lpt {

namespace {

struct View {
  std::vector<AxisSlice> slices;  ///< one for each axis of the input
  Lengths result;
};

View view_of(const Arguments& arguments) {
  const Node& node = arguments.node();
  const auto& lengths = arguments.lengths(0);
  const auto begin = required_integers(arguments, 1);
  const auto end = required_integers(arguments, 2);
  const auto strides =
      arguments.size() > 3 ? required_integers(arguments, 3) : std::vector<std::int64_t>(begin.size(), 1);
  if (end.size() != begin.size() || strides.size() != begin.size())
    throw LayerError("begin, end and strides have {}, {} and {} values", begin.size(), end.size(), strides.size());
  const auto mask = [&](std::string_view name) {
    auto bits = integer_list_attribute(node, name, {});
    bits.resize(std::max(bits.size(), begin.size()), 0);
    return bits;
  };
  const auto begin_mask = mask("begin_mask"), end_mask = mask("end_mask"), new_axis = mask("new_axis_mask"),
             shrink = mask("shrink_axis_mask"), ellipsis = mask("ellipsis_mask");
  std::size_t named = 0;  // axes of the input that an item stands for
  for (std::size_t i = 0; i < begin.size(); ++i) named += new_axis[i] == 0 && ellipsis[i] == 0;
  if (named > lengths.size()) throw LayerError("names {} axes, its input is [{}]", named, to_string(lengths));

  View view;
  const auto keep = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto length = lengths[view.slices.size()];
      view.slices.push_back({0, 1, length});
      view.result.push_back(length);
    }
  };
  bool had_ellipsis = false;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if (ellipsis[i] != 0) {
      if (had_ellipsis) throw LayerError("ellipsis_mask has more than one 1");
      had_ellipsis = true;
      keep(lengths.size() - named);
    } else if (new_axis[i] != 0) {
      view.result.push_back(1);
    } else {
      const auto length = lengths[view.slices.size()];
      if (shrink[i] != 0) {
        const auto at = begin_mask[i] != 0 ? 0 : begin[i] < 0 ? begin[i] + length : begin[i];
        if (at < 0 || at >= length) throw LayerError("element {} of an axis of {} is taken", begin[i], length);
        view.slices.push_back({at, 1, 1});
        continue;
      }
      auto slice = clamp_slice(begin[i], end[i], strides[i], length);
      if (begin_mask[i] != 0 || end_mask[i] != 0) {
        // Places before the first and behind the last element, for the direction of the stride.
        constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 2;
        const auto open_begin = strides[i] > 0 ? -kFar : kFar;
        const auto open_end = strides[i] > 0 ? kFar : -kFar;
        slice = clamp_slice(begin_mask[i] != 0 ? open_begin : begin[i], end_mask[i] != 0 ? open_end : end[i],
                            strides[i], length);
      }
      view.slices.push_back(slice);
      view.result.push_back(slice.length);
    }
  }
  keep(lengths.size() - view.slices.size());
  return view;
}

}  // namespace

std::vector<OutputSpec> strided_slice_infer(const Arguments& arguments) {
  return one_output(arguments.type(0), view_of(arguments).result);
}

void strided_slice_evaluate(Evaluation& run) {
  take_slices(run.input(0), view_of(run.arguments()).slices, run.output());
}

}  // namespace lpt
