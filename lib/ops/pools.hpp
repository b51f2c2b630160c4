#pragma once

#include "ops/windows.hpp"
#include "tensor/parallel.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

/// The windows of a pool with the attributes kernel, strides, dilations, pads, rounding_type and auto_pad.
/// throws  LayerError if the input has no spatial axis, or attributes do not fit it
std::vector<WindowAxis> pool_axes(const Arguments& arguments);
/// The lengths of its output.
Lengths pool_lengths(const Arguments& arguments);

/// Calls `visit(channel, output, place)` for every output of every channel, with the outputs of the three spatial axes.
template <class Visit>
void for_each_window(std::int64_t channels, const Windows& windows, const Visit& visit) {
  const auto& [depth, height, width] = windows;
  const auto area = depth.out * height.out * width.out;
  const auto taps = depth.kernel * height.kernel * width.kernel;
  parallel_each(channels, area * taps, [&](std::int64_t channel) {
    std::int64_t output = channel * area;
    for (std::int64_t d = 0; d < windows[0].out; ++d) {
      for (std::int64_t h = 0; h < windows[1].out; ++h) {
        for (std::int64_t w = 0; w < windows[2].out; ++w) visit(channel, output++, std::array{d, h, w});
      }
    }
  });
}

/// Calls `visit(element of the channel)` for the taps of a window that lie inside of the input.
template <class Visit>
void for_each_tap(const Windows& windows, const std::array<std::int64_t, 3>& place, const Visit& visit) {
  const auto& [depth, height, width] = windows;
  for (std::int64_t kd = 0; kd < depth.kernel; ++kd) {
    const auto d = depth.input(place[0], kd);
    if (!depth.has(d)) continue;
    for (std::int64_t kh = 0; kh < height.kernel; ++kh) {
      const auto h = height.input(place[1], kh);
      if (!height.has(h)) continue;
      for (std::int64_t kw = 0; kw < width.kernel; ++kw) {
        const auto w = width.input(place[2], kw);
        if (width.has(w)) visit((d * height.in + h) * width.in + w);
      }
    }
  }
}

/// Batch and channels of data [N, C, spatial...] together.
inline std::int64_t channels_of(const Lengths& lengths) { return lengths[0] * lengths[1]; }

}  // namespace lpt
