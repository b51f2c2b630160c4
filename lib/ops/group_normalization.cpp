// GroupNormalization: the channels of each group, with their space, without their mean and over their deviation; then a
// scale and a bias for each channel.
// Source: OpenVINO GroupNormalization-12.
#include <cmath>

#include "ops/operation.hpp"
#include "tensor/convert.hpp"
#include "tensor/kernels.hpp"
#include "tensor/parallel.hpp"

namespace lpt {

std::vector<OutputSpec> group_normalization_infer(const Arguments& arguments) {
  const auto& data = arguments.lengths(0);
  const auto groups = integer_attribute(arguments.node(), "num_groups");
  expect_real(arguments, 0);
  if (data.size() < 2 || groups < 1 || data[1] % groups != 0)
    throw LayerError("num_groups is {}, its data is [{}]", groups, to_string(data));
  for (std::size_t i = 1; i < 3; ++i) {
    if (arguments.lengths(i) != Lengths{data[1]})
      throw LayerError("input {} is [{}], should be [{}]", i, to_string(arguments.lengths(i)), data[1]);
  }
  return {{arguments.type(0), arguments.shape(0)}};
}

void group_normalization_evaluate(Evaluation& run) {
  const Tensor data = convert(run.input(0), ElementType::f64);
  const Tensor scale = convert(run.input(1), ElementType::f64);
  const Tensor bias = convert(run.input(2), ElementType::f64);
  const double eps = real_attribute(run.node(), "epsilon");
  const auto groups = integer_attribute(run.node(), "num_groups");
  const auto channels = data.lengths()[1] / groups;
  const auto area = product(data.lengths(), 2, data.rank());
  const auto count = channels * area;
  Tensor out(ElementType::f64, data.lengths());
  parallel_each(data.lengths()[0] * groups, count * 4, [&](std::int64_t group) {
    const double* in = data.data<double>() + group * count;
    const auto& of = functions<double>();
    const double mean = of.sum(in, count) / static_cast<double>(count);
    const double deviation = std::sqrt(of.squares(in, count, mean) / static_cast<double>(count) + eps);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto channel = group % groups * channels + i / area;
      out.data<double>()[group * count + i] =
          (in[i] - mean) / deviation * scale.data<double>()[channel] + bias.data<double>()[channel];
    }
  });
  run.set_output(0, convert(out, run.output_type()));
}

}  // namespace lpt
