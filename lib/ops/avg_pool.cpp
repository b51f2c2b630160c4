// AvgPool: the mean of each window. With exclude-pad it is that of the elements inside of the input; otherwise padding
// counts as zeros, but what a rounded-up output sees behind the padding does not count. 8-bit integers are rounded half
// to even. Source: OpenVINO AvgPool-1, AvgPool-14, measured.
#include <algorithm>

#include <cmath>

#include "ops/pools.hpp"
#include "tensor/saturate.hpp"

namespace lpt {

std::vector<OutputSpec> avg_pool_infer(const Arguments& arguments) {
  return one_output(arguments.type(0), pool_lengths(arguments));
}

void avg_pool_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto windows = windows_of(pool_axes(run.arguments()));
  const auto area = windows[0].in * windows[1].in * windows[2].in;
  // Without any padding only what lies inside of the input counts, also where outputs are rounded up.
  const bool by_area = !boolean_attribute(run.node(), "exclude-pad", true) &&
                       std::any_of(windows.begin(), windows.end(),
                                   [](const WindowAxis& axis) { return axis.pad_begin != 0 || axis.pad_end != 0; });
  const auto taps = windows[0].kernel * windows[1].kernel * windows[2].kernel;
  visit_number(data.type(), [&]<class T>(std::type_identity<T>) {
    T* out = run.output().data<T>();
    for_each_window(channels_of(data.lengths()), windows,
                    [&](std::int64_t channel, std::int64_t output, const auto& place) {
                      const T* image = data.data<T>() + channel * area;
                      double sum = 0;
                      std::int64_t inside = 0;
                      for_each_tap(windows, place, [&](std::int64_t at) {
                        sum += static_cast<double>(image[at]);
                        ++inside;
                      });
                      const double mean = sum / static_cast<double>(by_area ? taps : inside);
                      if constexpr (std::is_floating_point_v<T>) {
                        out[output] = static_cast<T>(mean);
                      } else {
                        out[output] = saturate<T>(sizeof(T) == 1 ? std::nearbyint(mean) : mean);
                      }
                    });
  });
}

}  // namespace lpt
