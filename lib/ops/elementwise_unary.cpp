#include "ops/elementwise_unary.hpp"

#include "tensor/convert.hpp"

namespace lpt {

void elementwise_unary_check(const Node& node, const LayerWarn&) { expect_inputs(node, 1, 1); }

std::vector<OutputSpec> elementwise_unary_infer(const Arguments& arguments) {
  return {{arguments.type(0), arguments.shape(0)}};
}

std::vector<OutputSpec> truth_infer(const Arguments& arguments) { return {{ElementType::boolean, arguments.shape(0)}}; }

double scalar_input(const Evaluation& run, std::size_t index) {
  const Tensor& tensor = run.input(index);
  if (tensor.count() != 1)
    throw LayerError("input {} is [{}], should be one number", index, to_string(tensor.lengths()));
  return *convert(tensor, ElementType::f64).data<double>();
}

}  // namespace lpt
