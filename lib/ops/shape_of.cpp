// ShapeOf: the lengths of a tensor.
// Source: OpenVINO ShapeOf-1 (i64), ShapeOf-3.
#include "ops/operation.hpp"
#include "tensor/convert.hpp"
#include <algorithm>

namespace lpt {

std::vector<OutputSpec> shape_of_infer(const Arguments& arguments) {
  const auto type = index_type_attribute(arguments.node(), "output_type", ElementType::i64);
  return one_output(type, {static_cast<std::int64_t>(arguments.lengths(0).size())});
}

void shape_of_evaluate(Evaluation& run) {
  Tensor lengths(ElementType::i64, run.output_lengths());
  std::copy(run.input(0).lengths().begin(), run.input(0).lengths().end(), lengths.data<std::int64_t>());
  run.set_output(0, convert(lengths, run.output_type()));
}

}  // namespace lpt
