// Concat: tensors one behind the other along an axis.
// Source: OpenVINO Concat-1.
#include "ops/operation.hpp"
#include "tensor/strided.hpp"

namespace lpt {

std::vector<OutputSpec> concat_infer(const Arguments& arguments) {
  if (arguments.size() == 0) throw LayerError("has no inputs");
  Lengths result = arguments.lengths(0);
  const auto axis = axis_of(integer_attribute(arguments.node(), "axis", 0), result.size());
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (arguments.type(i) != arguments.type(0))
      throw LayerError("input {} is {}, input 0 is {}", i, name(arguments.type(i)), name(arguments.type(0)));
    Lengths same = arguments.lengths(i);
    if (same.size() == result.size()) same[axis] = result[axis];
    if (same != result) {
      throw LayerError("input {} is [{}], which does not go behind [{}] along axis {}", i,
                       to_string(arguments.lengths(i)), to_string(arguments.lengths(0)), axis);
    }
    result[axis] += arguments.lengths(i)[axis];
  }
  return one_output(arguments.type(0), result);
}

void concat_evaluate(Evaluation& run) {
  Tensor& out = run.output();
  const auto axis = axis_of(integer_attribute(run.node(), "axis", 0), out.rank());
  Lengths first(out.rank());
  for (std::size_t i = 0; i < run.input_count(); ++i) {
    place(run.input(i), first, out);
    first[axis] += run.input(i).lengths()[axis];
  }
}

}  // namespace lpt
