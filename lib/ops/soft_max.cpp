// SoftMax: e^x over its sum along an axis. LogSoftmax: the logarithm of that.
// Source: OpenVINO SoftMax-1, SoftMax-8, LogSoftmax-5.
#include <cmath>

#include "ops/soft_max.hpp"
#include "tensor/parallel.hpp"

namespace lpt {

namespace {

std::size_t softmax_axis(const Node& node, const Lengths& lengths) {
  return axis_of(integer_attribute(node, "axis", 1), lengths.size());
}

template <class T>
void log_softmax_line(const T* in, T* out, const AxisLines& lines) {
  using C = Compute<T>;
  const C top = largest(in, lines);
  C sum = 0;
  for (std::int64_t i = 0; i < lines.length; ++i) sum += std::exp(static_cast<C>(in[i * lines.stride]) - top);
  const C shift = std::log(sum) + top;
  for (std::int64_t i = 0; i < lines.length; ++i)
    out[i * lines.stride] = static_cast<T>(static_cast<C>(in[i * lines.stride]) - shift);
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
  visit_real(data.type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T* in = data.data<T>();
    T* out = run.output_over(0).data<T>();
    parallel_ranges(lines.count, lines.length * 10, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t line = first; line < last; ++line) {
        const auto at = lines.first(line);
        logarithm ? log_softmax_line(in + at, out + at, lines) : softmax_line(in + at, out + at, lines);
      }
    });
  });
}

}  // namespace lpt
