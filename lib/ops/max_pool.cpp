// MaxPool: the largest element of each window; padding never is, and a window of nothing else gives the lowest number.
// The second output of the newer versions tells where it lies, counted from the attribute axis on. Source: OpenVINO
// MaxPool-1, MaxPool-8, MaxPool-14.
#include <limits>

#include "ops/pools.hpp"

namespace lpt {

std::vector<OutputSpec> max_pool_infer(const Arguments& arguments) {
  const auto result = pool_lengths(arguments);
  auto outputs = one_output(arguments.type(0), result);
  const Node& node = arguments.node();
  if (operation_set(node) == "opset1") return outputs;
  const auto type = index_type_attribute(node, "index_element_type", ElementType::i64);
  outputs.push_back({type, shape_of(result)});
  return outputs;
}

void max_pool_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto windows = windows_of(pool_axes(run.arguments()));
  const auto area = windows[0].in * windows[1].in * windows[2].in;
  const auto channels = channels_of(data.lengths());
  std::vector<std::int64_t> places;
  if (run.output_count() > 1) places.resize(static_cast<std::size_t>(product(run.output_lengths())));
  visit_number(data.type(), [&]<class T>(std::type_identity<T>) {
    T* out = run.output().data<T>();
    for_each_window(channels, windows, [&](std::int64_t channel, std::int64_t output, const auto& place) {
      const T* image = data.data<T>() + channel * area;
      T best = std::numeric_limits<T>::lowest();
      std::int64_t best_at = 0;
      for_each_tap(windows, place, [&](std::int64_t at) {
        const T value = image[at];
        if (!(value > best)) return;
        best = value;
        best_at = at;
      });
      out[output] = best;
      if (!places.empty()) places[static_cast<std::size_t>(output)] = channel * area + best_at;
    });
  });
  if (run.output_count() == 1) return;
  const auto axis = axis_of(integer_attribute(run.node(), "axis", 0), data.rank());
  const auto counted = product(data.lengths(), axis, data.rank());
  visit_integer(run.output_type(1), [&]<class T>(std::type_identity<T>) {
    T* out = run.output(1).data<T>();
    for (std::size_t i = 0; i < places.size(); ++i) out[i] = static_cast<T>(places[i] % counted);
  });
}

}  // namespace lpt
