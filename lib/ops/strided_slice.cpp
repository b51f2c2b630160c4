// StridedSlice: begin:end:stride, with masks: a 1 in begin_mask or end_mask leaves that end open, in new_axis_mask adds
// an axis, in shrink_axis_mask takes one element and drops the axis, in ellipsis_mask stands for all axes not named.
// Source: OpenVINO StridedSlice-1.
#include <algorithm>
#include <limits>
#include <utility>

#include "ops/slices.hpp"

namespace lpt {

namespace {

/// What the i-th values of begin, end, strides and masks ask for; open ends are those of the axis.
struct Item {
  std::int64_t begin, end, stride;
  bool adds_axis, takes_one, is_ellipsis;
};

std::vector<Item> items_of(const Arguments& arguments) {
  const auto begin = required_integers(arguments, 1);
  const auto end = required_integers(arguments, 2);
  const auto strides =
      arguments.size() > 3 ? required_integers(arguments, 3) : std::vector<std::int64_t>(begin.size(), 1);
  if (end.size() != begin.size() || strides.size() != begin.size())
    throw LayerError("begin, end and strides have {}, {} and {} values", begin.size(), end.size(), strides.size());
  const auto mask = [&](std::string_view name) {
    auto bits = integer_list_attribute(arguments.node(), name, {});
    bits.resize(std::max(bits.size(), begin.size()), 0);
    return bits;
  };
  const auto begin_mask = mask("begin_mask"), end_mask = mask("end_mask"), new_axis = mask("new_axis_mask"),
             shrink = mask("shrink_axis_mask"), ellipsis = mask("ellipsis_mask");
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 2;  // behind the last element of any axis
  std::vector<Item> items;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    Item item{begin[i], end[i], strides[i], new_axis[i] != 0, shrink[i] != 0, ellipsis[i] != 0};
    if (begin_mask[i] != 0) item.begin = item.takes_one || item.stride > 0 ? 0 : kFar;
    if (end_mask[i] != 0) item.end = item.stride > 0 ? kFar : -kFar;
    items.push_back(item);
  }
  return items;
}

struct View {
  std::vector<AxisSlice> slices;  ///< one for each axis of the input
  Lengths result;
};

View view_of(const Arguments& arguments) {
  const auto& lengths = arguments.lengths(0);
  const auto items = items_of(arguments);
  std::size_t named = 0;  // axes of the input that an item stands for
  for (const auto& item : items) named += !item.adds_axis && !item.is_ellipsis;
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
  for (const auto& item : items) {
    if (item.is_ellipsis) {
      if (std::exchange(had_ellipsis, true)) throw LayerError("ellipsis_mask has more than one 1");
      keep(lengths.size() - named);
    } else if (item.adds_axis) {
      view.result.push_back(1);
    } else if (const auto length = lengths[view.slices.size()]; item.takes_one) {
      const auto at = item.begin < 0 ? item.begin + length : item.begin;
      if (at < 0 || at >= length) throw LayerError("element {} of an axis of {} is taken", item.begin, length);
      view.slices.push_back({at, 1, 1});
    } else {
      view.slices.push_back(clamp_slice(item.begin, item.end, item.stride, length));
      view.result.push_back(view.slices.back().length);
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
