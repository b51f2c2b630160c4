// Split: equal parts along an axis.
// Source: OpenVINO Split-1.
#include "ops/operation.hpp"
#include "ops/slices.hpp"

namespace lpt {

std::vector<OutputSpec> split_infer(const Arguments& arguments) {
  Lengths part = arguments.lengths(0);
  const auto axis = axis_of(required_integer(arguments, 1), part.size());
  const auto parts = integer_attribute(arguments.node(), "num_splits");
  if (parts < 1) throw LayerError("num_splits is {}, should be at least 1", parts);
  if (part[axis] % parts != 0) throw LayerError("axis {} of [{}] does not divide by {}", axis, to_string(part), parts);
  if (parts != static_cast<std::int64_t>(arguments.node().output_count()))
    throw LayerError("num_splits is {}, has {} outputs", parts, arguments.node().output_count());
  part[axis] /= parts;
  return std::vector<OutputSpec>(static_cast<std::size_t>(parts), {arguments.type(0), shape_of(part)});
}

void split_evaluate(Evaluation& run) { cut(run, axis_of(run.integers(1).at(0), run.input(0).rank())); }

}  // namespace lpt
