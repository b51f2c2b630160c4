// SoftMax: e^x over its sum along an axis. LogSoftmax: the logarithm of that.
// Source: OpenVINO SoftMax-1, SoftMax-8, LogSoftmax-5.
#include <algorithm>

#include <cmath>

#include "ops/axis_lines.hpp"
#include "tensor/kernels.hpp"
#include "tensor/parallel.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

namespace {

std::size_t softmax_axis(const Node& node, const Lengths& lengths) {
  return axis_of(integer_attribute(node, "axis", 1), lengths.size());
}

/// In place.
template <class T>
void log_softmax(std::vector<T>& line) {
  const T top = *std::max_element(line.begin(), line.end());
  T sum = 0;
  for (const T x : line) sum += std::exp(x - top);
  const T shift = std::log(sum) + top;
  for (T& x : line) x -= shift;
}

}  // namespace

std::vector<OutputSpec> soft_max_infer(const Arguments& arguments) {
  expect_real(arguments, 0);
  softmax_axis(arguments.node(), arguments.lengths(0));
  return {{arguments.type(0), arguments.shape(0)}};
}

void soft_max_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  if (data.count() == 0) return;
  const AxisLines lines(data.lengths(), softmax_axis(run.node(), data.lengths()));
  const bool logarithm = run.node().is("LogSoftmax");
  visit_real(data.type(), [&]<class T>(std::type_identity<T>) {
    const T* in = data.data<T>();
    T* out = run.output_over(0).data<T>();
    parallel_ranges(lines.count, lines.length * (logarithm ? 10 : 2), [&](std::int64_t first, std::int64_t last) {
      std::vector<T> line(static_cast<std::size_t>(lines.length));
      for (std::int64_t l = first; l < last; ++l) {
        const auto at = lines.first(l);
        for (std::size_t i = 0; i < line.size(); ++i) line[i] = in[at + static_cast<std::int64_t>(i) * lines.stride];
        logarithm ? log_softmax(line) : functions<T>().softmax(line.data(), line.data(), lines.length);
        for (std::size_t i = 0; i < line.size(); ++i) out[at + static_cast<std::int64_t>(i) * lines.stride] = line[i];
      }
    });
  });
}

}  // namespace lpt
