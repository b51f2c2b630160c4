// BatchNormInference: gamma * (x - mean) / sqrt(variance + epsilon) + beta, channel by channel.
// Source: OpenVINO BatchNormInference-1 (gamma, beta, x, mean, variance), BatchNormInference-5 (x, gamma, beta, ...).
#include <cmath>

#include "ops/operation.hpp"
#include "tensor/convert.hpp"

namespace lpt {

namespace {

/// The input that holds the data; the others keep their order.
std::size_t data_input(const Node& node) { return set_number(node) < 5 ? 2 : 0; }

}  // namespace

std::vector<OutputSpec> batch_norm_inference_infer(const Arguments& arguments) {
  const auto place = data_input(arguments.node());
  const auto& data = arguments.lengths(place);
  if (data.size() < 2 || !is_real(arguments.type(place)))
    throw LayerError("its data is {} [{}]", name(arguments.type(place)), to_string(data));
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i != place && arguments.lengths(i) != Lengths{data[1]})
      throw LayerError("input {} is [{}], should be [{}]", i, to_string(arguments.lengths(i)), data[1]);
  }
  return {{arguments.type(place), arguments.shape(place)}};
}

void batch_norm_inference_evaluate(Evaluation& run) {
  const auto place = data_input(run.node());
  const double epsilon = real_attribute(run.node(), "epsilon");
  std::vector<Tensor> parameters;
  for (std::size_t i = 0; i < run.input_count(); ++i) {
    if (i != place) parameters.push_back(convert(run.input(i), ElementType::f64));
  }
  const Tensor data = convert(run.input(place), ElementType::f64);
  Tensor out(ElementType::f64, data.lengths());
  const auto area = product(data.lengths(), 2, data.rank());
  for (std::int64_t i = 0; i < data.count(); ++i) {
    const auto channel = i / area % data.lengths()[1];
    const auto of = [&](std::size_t k) { return parameters[k].data<double>()[channel]; };
    out.data<double>()[i] = of(0) * (data.data<double>()[i] - of(2)) / std::sqrt(of(3) + epsilon) + of(1);
  }
  run.set_output(0, convert(out, run.output_type()));
}

}  // namespace lpt
