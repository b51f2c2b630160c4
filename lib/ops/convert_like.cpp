// ConvertLike: Convert to the type of the second input.
// Source: OpenVINO ConvertLike-1.
#include "ops/operation.hpp"
#include "tensor/convert.hpp"

namespace lpt {

std::vector<OutputSpec> convert_like_infer(const Arguments& arguments) {
  if (!can_convert(arguments.type(0), arguments.type(1)))
    throw LayerError("{} does not convert to {}", name(arguments.type(0)), name(arguments.type(1)));
  return {{arguments.type(1), arguments.shape(0)}};
}

void convert_like_evaluate(Evaluation& run) { run.set_output(0, convert(run.input(0), run.output_type())); }

}  // namespace lpt
