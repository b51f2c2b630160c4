// AdaptiveAvgPool: the mean of as many windows as are wanted: output i of n sees elements floor(i * in / n) to
// ceil((i + 1) * in / n), the last one not included. AdaptiveMaxPool: the largest element of each, and where in its
// channel it lies.
// Source: OpenVINO AdaptiveAvgPool-8, AdaptiveMaxPool-8.
#include "ops/pools.hpp"

namespace lpt {
namespace {

/// The range first ... last-1 of an axis of `in` elements that output i of an adaptive pool with `out` outputs sees.
std::pair<std::int64_t, std::int64_t> adaptive_range(std::int64_t i, std::int64_t in, std::int64_t out) {
  return {i * in / out, ((i + 1) * in + out - 1) / out};
}

/// Those of the data, with spatial ones from the second input.
Lengths adaptive_lengths(const Arguments& arguments) {
  Lengths result = arguments.lengths(0);
  const auto out = required_integers(arguments, 1);
  if (result.size() < 3 || result.size() > 5 || out.size() != result.size() - 2)
    throw LayerError("its data is [{}], its output shape has {} values", to_string(result), out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] < 1 || result[i + 2] < 1)
      throw LayerError("{} outputs of {} elements are wanted", out[i], result[i + 2]);
    result[i + 2] = out[i];
  }
  return result;
}

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

}  // namespace

std::vector<OutputSpec> adaptive_avg_pool_infer(const Arguments& arguments) {
  return one_output(arguments.type(0), adaptive_lengths(arguments));
}

void adaptive_avg_pool_evaluate(Evaluation& run) {
  adaptive_pool(run, [](auto& window, std::int64_t) {
    double sum = 0;
    std::int64_t count = 0;
    window([&](std::int64_t, double value) {
      sum += value;
      ++count;
    });
    return sum / static_cast<double>(count);
  });
}

std::vector<OutputSpec> adaptive_max_pool_infer(const Arguments& arguments) {
  const auto lengths = adaptive_lengths(arguments);
  const auto type = index_type_attribute(arguments.node(), "index_element_type", ElementType::i64);
  return {{arguments.type(0), shape_of(lengths)}, {type, shape_of(lengths)}};
}

void adaptive_max_pool_evaluate(Evaluation& run) {
  visit_integer(run.output_type(1), [&]<class T>(std::type_identity<T>) {
    T* places = run.output(1).data<T>();
    adaptive_pool(run, [&](auto& window, std::int64_t output) {
      double best = 0;
      bool found = false;
      window([&](std::int64_t at, double value) {
        if (found && !(value > best)) return;
        found = true;
        best = value;
        places[output] = static_cast<T>(at);
      });
      return best;
    });
  });
}

}  // namespace lpt
