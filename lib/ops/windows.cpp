#include "ops/windows.hpp"

#include <algorithm>

namespace lpt {

std::pair<std::int64_t, std::int64_t> WindowAxis::inside(std::int64_t tap) const {
  const auto first_place = tap * dilation - pad_begin;
  const auto first = first_place >= 0 ? 0 : (-first_place + stride - 1) / stride;
  const auto last = in <= first_place ? 0 : (in - first_place + stride - 1) / stride;
  const auto begin = std::min(first, out);
  return {begin, std::max(begin, std::min(last, out))};
}

void expect_window_values(std::string_view name, const std::vector<std::int64_t>& values, std::int64_t least,
                          std::optional<std::size_t> spatial) {
  if (spatial && values.size() != *spatial)
    throw LayerError("{} has {} values, should have one for each of {} spatial dimensions", name, values.size(),
                     *spatial);
  for (const auto v : values) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    if (v < least || v > kMost) throw LayerError("{} holds {}, should be {}..{}", name, v, least, kMost);
  }
}

WindowAttributes window_attributes(const Node& node, std::size_t spatial) {
  const auto list = [&](std::string_view name, std::int64_t otherwise, std::int64_t least) {
    auto values = integer_list_attribute(node, name, {});
    if (values.empty()) values.assign(spatial, otherwise);
    expect_window_values(name, values, least, spatial);
    return values;
  };
  WindowAttributes result{
      list("strides", 1, 1), list("dilations", 1, 1), list("pads_begin", 0, kAnyPad), list("pads_end", 0, kAnyPad), {}};
  result.auto_pad = static_cast<WindowAttributes::AutoPad>(
      enumeration_attribute(node, "auto_pad", {"explicit", "same_lower", "same_upper", "valid", "notset"}, 0));
  return result;
}

WindowAxis window_axis(const WindowAttributes& attributes, std::size_t axis, std::int64_t in, std::int64_t kernel,
                       WindowRounding rounding) {
  using AutoPad = WindowAttributes::AutoPad;
  WindowAxis result{in,
                    0,
                    kernel,
                    attributes.strides[axis],
                    attributes.dilations[axis],
                    attributes.pads_begin[axis],
                    attributes.pads_end[axis]};
  if (kernel < 1) throw LayerError("its window has {} elements along spatial axis {}", kernel, axis);
  if (attributes.auto_pad == AutoPad::valid) result.pad_begin = result.pad_end = 0;
  if (attributes.auto_pad == AutoPad::same_upper || attributes.auto_pad == AutoPad::same_lower) {
    result.out = (in + result.stride - 1) / result.stride;
    const auto total = std::max<std::int64_t>(0, (result.out - 1) * result.stride + result.extent() - in);
    result.pad_begin = attributes.auto_pad == AutoPad::same_lower ? total - total / 2 : total / 2;
    result.pad_end = total - result.pad_begin;
    return result;
  }
  const auto room = in + result.pad_begin + result.pad_end - result.extent();
  if (room < 0)
    throw LayerError("a window of {} does not fit {} elements with pads {} and {}", result.extent(), in,
                     result.pad_begin, result.pad_end);
  result.out =
      (rounding == WindowRounding::floor ? room / result.stride : (room + result.stride - 1) / result.stride) + 1;
  // A window that begins behind the input and its front padding sees nothing.
  if (rounding == WindowRounding::ceil_torch && (result.out - 1) * result.stride >= in + result.pad_begin) --result.out;
  return result;
}

Windows windows_of(const std::vector<WindowAxis>& axes) {
  if (axes.size() > 3) throw LayerError("has {} spatial axes, up to 3 are run", axes.size());
  Windows windows;
  std::copy(axes.begin(), axes.end(), windows.end() - static_cast<std::ptrdiff_t>(axes.size()));
  // Axes of one element change no place in memory, and the loops like the last axis long.
  std::stable_partition(windows.begin(), windows.end(),
                        [](const WindowAxis& axis) { return axis.in == 1 && axis.out == 1 && axis.kernel == 1; });
  return windows;
}

}  // namespace lpt
