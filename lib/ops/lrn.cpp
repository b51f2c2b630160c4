// LRN: x / (bias + alpha / size^n * sum of x^2 over a window of `size` along each of n axes)^beta.
// Source: OpenVINO LRN-1.
#include <algorithm>

#include <cmath>

#include "ops/axis_lines.hpp"
#include "tensor/convert.hpp"

namespace lpt {

std::vector<OutputSpec> lrn_infer(const Arguments& arguments) {
  expect_real(arguments, 0);
  axes_of(required_integers(arguments, 1), arguments.lengths(0).size());
  if (integer_attribute(arguments.node(), "size") < 1)
    throw LayerError("size is {}, should be at least 1", integer_attribute(arguments.node(), "size"));
  return {{arguments.type(0), arguments.shape(0)}};
}

void lrn_evaluate(Evaluation& run) {
  const Node& node = run.node();
  const double alpha = real_attribute(node, "alpha"), beta = real_attribute(node, "beta"),
               bias = real_attribute(node, "bias");
  const auto size = integer_attribute(node, "size");
  const auto axes = axes_of(run.integers(1), run.input(0).rank());
  const Tensor data = convert(run.input(0), ElementType::f64);
  Tensor sums(ElementType::f64, data.lengths());
  for (std::int64_t i = 0; i < data.count(); ++i)
    sums.data<double>()[i] = data.data<double>()[i] * data.data<double>()[i];
  double volume = 1;
  for (const auto axis : axes) {
    volume *= static_cast<double>(size);
    const AxisLines lines(data.lengths(), axis);
    Tensor next(ElementType::f64, data.lengths());
    for (std::int64_t line = 0; line < lines.count; ++line) {
      const double* in = sums.data<double>() + lines.first(line);
      double* out = next.data<double>() + lines.first(line);
      for (std::int64_t i = 0; i < lines.length; ++i) {
        double sum = 0;
        for (auto k = std::max<std::int64_t>(0, i - (size - 1) / 2);
             k <= std::min(lines.length - 1, i + (size - 1) / 2); ++k)
          sum += in[k * lines.stride];
        out[i * lines.stride] = sum;
      }
    }
    sums = std::move(next);
  }
  for (std::int64_t i = 0; i < data.count(); ++i)
    sums.data<double>()[i] = data.data<double>()[i] / std::pow(bias + alpha / volume * sums.data<double>()[i], beta);
  run.set_output(0, convert(sums, run.output_type()));
}

}  // namespace lpt
