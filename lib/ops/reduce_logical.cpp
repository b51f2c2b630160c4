// ReduceLogicalAnd and ReduceLogicalOr: whether all or any of the elements are true over the axes.
// Source: OpenVINO ReduceLogicalAnd-1, ReduceLogicalOr-1.
#include "ops/reduce.hpp"

namespace lpt {

std::vector<OutputSpec> reduce_logical_infer(const Arguments& arguments) {
  if (arguments.type(0) != ElementType::boolean)
    throw LayerError("its input is {}, should be boolean", name(arguments.type(0)));
  const auto& lengths = arguments.lengths(0);
  const auto axes = axes_of(required_integers(arguments, 1), lengths.size());
  return one_output(ElementType::boolean, reduced_lengths(arguments.node(), lengths, axes));
}

void reduce_logical_evaluate(Evaluation& run) {
  using T = std::uint8_t;
  const bool all = run.node().is("ReduceLogicalAnd");
  reduce_as<T, T>(
      run, all ? 1 : 0, [all](T a, T b) { return static_cast<T>(all ? a & b : a | b); },
      [](T result, std::int64_t) { return result; });
}

}  // namespace lpt
