#pragma once

#include "ops/windows.hpp"
#include "tensor/parallel.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

/// The windows of a pool with the attributes kernel, strides, dilations, pads, rounding_type and auto_pad.
/// throws  LayerError if the input has no spatial axis, or attributes do not fit it
std::vector<WindowAxis> pool_axes(const Arguments& arguments);

/// Calls `visit(channel, output, place)` for every output of every channel, with the outputs of the three spatial axes.
template <class Visit>
void for_each_window(std::int64_t channels, const Windows& windows, const Visit& visit) {
  const auto& [depth, height, width] = windows;
  const auto area = depth.out * height.out * width.out;
  const auto taps = depth.kernel * height.kernel * width.kernel;
  parallel_ranges(channels, area * taps, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t channel = first; channel < last; ++channel) {
      std::int64_t output = channel * area;
      for (std::int64_t d = 0; d < windows[0].out; ++d) {
        for (std::int64_t h = 0; h < windows[1].out; ++h) {
          for (std::int64_t w = 0; w < windows[2].out; ++w) visit(channel, output++, std::array{d, h, w});
        }
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

/// The range first ... last-1 of an axis of `in` elements that output i of an adaptive pool with `out` outputs sees.
inline std::pair<std::int64_t, std::int64_t> adaptive_range(std::int64_t i, std::int64_t in, std::int64_t out) {
  return {i * in / out, ((i + 1) * in + out - 1) / out};
}

/// The lengths of an adaptive pool: those of the data, with spatial ones from the second input.
Lengths adaptive_lengths(const Arguments& arguments);

/// Fills an adaptive pool: `reduce(window, output)` gives the value of an output, and calls window(visit) to have
/// visit(element of the channel, value) called for what it sees.
template <class Reduce>
void adaptive_pool(Evaluation& run, const Reduce& reduce) {
  const Tensor& data = run.input(0);
  std::vector<WindowAxis> axes;
  for (std::size_t i = 2; i < data.rank(); ++i) axes.push_back({data.lengths()[i], run.output_lengths()[i]});
  const auto windows = windows_of(axes);
  visit_real(data.type(), [&]<class T>(std::type_identity<T>) {
    T* out = run.output().data<T>();
    for_each_window(data.lengths()[0] * data.lengths()[1], windows,
                    [&](std::int64_t channel, std::int64_t output, const auto& place) {
                      const T* image = data.data<T>() + channel * windows[0].in * windows[1].in * windows[2].in;
                      const auto window = [&](const auto& visit) {
                        const auto [d0, d1] = adaptive_range(place[0], windows[0].in, windows[0].out);
                        const auto [h0, h1] = adaptive_range(place[1], windows[1].in, windows[1].out);
                        const auto [w0, w1] = adaptive_range(place[2], windows[2].in, windows[2].out);
                        for (auto d = d0; d < d1; ++d) {
                          for (auto h = h0; h < h1; ++h) {
                            for (auto w = w0; w < w1; ++w) {
                              const auto at = (d * windows[1].in + h) * windows[2].in + w;
                              visit(at, static_cast<double>(image[at]));
                            }
                          }
                        }
                      };
                      out[output] = static_cast<T>(reduce(window, output));
                    });
  });
}

/// Batch and channels of data [N, C, spatial...] together.
inline std::int64_t channels_of(const Lengths& lengths) { return lengths[0] * lengths[1]; }

}  // namespace lpt
