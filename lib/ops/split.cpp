// Split: equal parts along an axis. VariadicSplit: parts of given lengths; a length of -1 takes what the others leave.
// Source: OpenVINO Split-1, VariadicSplit-1.
#include <utility>

#include "ops/operation.hpp"
#include "ops/slices.hpp"

namespace lpt {
namespace {

std::vector<OutputSpec> parts_along(const Arguments& arguments, std::size_t axis,
                                    const std::vector<std::int64_t>& parts) {
  std::vector<OutputSpec> outputs;
  for (const auto part : parts) {
    Lengths result = arguments.lengths(0);
    result[axis] = part;
    outputs.push_back({arguments.type(0), shape_of(result)});
  }
  return outputs;
}

}  // namespace

std::vector<OutputSpec> split_infer(const Arguments& arguments) {
  const auto& lengths = arguments.lengths(0);
  const auto axis = axis_of(required_integer(arguments, 1), lengths.size());
  const auto parts = integer_attribute(arguments.node(), "num_splits");
  if (parts < 1) throw LayerError("num_splits is {}, should be at least 1", parts);
  if (lengths[axis] % parts != 0)
    throw LayerError("axis {} of [{}] does not divide by {}", axis, to_string(lengths), parts);
  if (parts != static_cast<std::int64_t>(arguments.node().output_count()))
    throw LayerError("num_splits is {}, has {} outputs", parts, arguments.node().output_count());
  return parts_along(arguments, axis, Lengths(static_cast<std::size_t>(parts), lengths[axis] / parts));
}

std::vector<OutputSpec> variadic_split_infer(const Arguments& arguments) {
  const auto& lengths = arguments.lengths(0);
  const auto axis = axis_of(required_integer(arguments, 1), lengths.size());
  auto parts = required_integers(arguments, 2);
  std::int64_t rest = lengths[axis];
  std::int64_t* free = nullptr;
  for (auto& part : parts) {
    if (part < -1 || part > lengths[axis]) throw LayerError("its split lengths hold {}", part);
    if (part == -1 && free != nullptr) throw LayerError("its split lengths hold -1 twice");
    if (part == -1) {
      free = &part;
    } else {
      rest -= part;
    }
  }
  if (free != nullptr && rest >= 0) *free = std::exchange(rest, 0);
  if (rest != 0)
    throw LayerError("its split lengths do not add up to {}, axis {} of [{}]", lengths[axis], axis, to_string(lengths));
  return parts_along(arguments, axis, parts);
}

void split_evaluate(Evaluation& run) { cut(run, axis_of(run.integers(1).at(0), run.input(0).rank())); }

}  // namespace lpt
