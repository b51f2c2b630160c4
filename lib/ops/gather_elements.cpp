// GatherElements: out[i, j, k] = data[i, indices[i, j, k], k] along the axis.
// Source: OpenVINO GatherElements-6.
#include "ops/operation.hpp"
#include "ops/indexed.hpp"

namespace lpt {

std::vector<OutputSpec> gather_elements_infer(const Arguments& arguments) {
  const auto& data = arguments.lengths(0);
  const auto& indices = arguments.lengths(1);
  const auto axis = axis_of(integer_attribute(arguments.node(), "axis"), data.size());
  expect_inside(indices, data, axis);
  return one_output(arguments.type(0), indices);
}

void gather_elements_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto axis = axis_of(integer_attribute(run.node(), "axis"), data.rank());
  const auto places = places_along(data.lengths(), run.input(1).lengths(), run.integers(1), axis);
  visit_width(data.type(), [&]<class T>(std::type_identity<T>) {
    T* out = run.output().data<T>();
    for (std::size_t i = 0; i < places.size(); ++i) out[i] = data.data<T>()[places[i]];
  });
}

}  // namespace lpt
