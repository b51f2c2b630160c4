// Convert: real numbers lose their fraction on the way to an integer type, and what does not fit wraps around.
// ConvertLike: the same to the type of the second input.
// Source: OpenVINO Convert-1, and its CPU plugin, measured; ConvertLike-1.
#include "ops/operation.hpp"
#include "tensor/convert.hpp"

namespace lpt {

void convert_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 1, 1);
  element_type_attribute(node, "destination_type");
}

std::vector<OutputSpec> convert_infer(const Arguments& arguments) {
  return {{element_type_attribute(arguments.node(), "destination_type"), arguments.shape(0)}};
}

std::vector<OutputSpec> convert_like_infer(const Arguments& arguments) {
  if (!can_convert(arguments.type(0), arguments.type(1)))
    throw LayerError("{} does not convert to {}", name(arguments.type(0)), name(arguments.type(1)));
  return {{arguments.type(1), arguments.shape(0)}};
}

void convert_evaluate(Evaluation& run) { run.set_output(0, convert(run.input(0), run.output_type())); }

}  // namespace lpt
