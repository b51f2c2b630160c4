#pragma once

#include <array>
#include <limits>

#include "ops/operation.hpp"

namespace lpt {

/// One spatial axis of a convolution or a pool.
struct WindowAxis {
  std::int64_t in = 1, out = 1;
  std::int64_t kernel = 1, stride = 1, dilation = 1;
  std::int64_t pad_begin = 0, pad_end = 0;

  /// The element of the input under a tap of the window at an output; outside of 0 ... in-1 where there is padding.
  std::int64_t input(std::int64_t output, std::int64_t tap) const {
    return output * stride - pad_begin + tap * dilation;
  }
  bool has(std::int64_t place) const { return place >= 0 && place < in; }
  /// From the first to the last tap, inclusive.
  std::int64_t extent() const { return (kernel - 1) * dilation + 1; }
  /// The outputs first ... last-1 whose tap lies inside of the input.
  std::pair<std::int64_t, std::int64_t> inside(std::int64_t tap) const;
};

/// What a layer says of its windows, one value for each spatial axis.
struct WindowAttributes {
  enum class AutoPad : std::size_t { explicitly, same_lower, same_upper, valid, notset };
  std::vector<std::int64_t> strides, dilations, pads_begin, pads_end;
  AutoPad auto_pad = AutoPad::explicitly;
};

/// The smallest pad: negative ones cut.
inline constexpr std::int64_t kAnyPad = std::numeric_limits<std::int32_t>::min();

/// throws  LayerError unless the values of an attribute lie in least ... 2^31-1, and there is one for each spatial axis
void expect_window_values(std::string_view name, const std::vector<std::int64_t>& values, std::int64_t least,
                          std::optional<std::size_t> spatial);

/// The attributes strides, dilations, pads_begin, pads_end and auto_pad.
/// throws  LayerError for a stride or dilation below 1, or a list that is not as long as there are spatial axes
WindowAttributes window_attributes(const Node& node, std::size_t spatial);

/// How the number of outputs is rounded.
enum class WindowRounding : std::size_t { floor, ceil, ceil_torch };

/// The geometry of one axis, its number of outputs included.
/// throws  LayerError if the window does not fit
WindowAxis window_axis(const WindowAttributes& attributes, std::size_t axis, std::int64_t in, std::int64_t kernel,
                       WindowRounding rounding);

/// Up to three spatial axes, outermost first; the missing ones are in front, of length 1, with others of one element.
using Windows = std::array<WindowAxis, 3>;
Windows windows_of(const std::vector<WindowAxis>& axes);

}  // namespace lpt
