// VariadicSplit: parts of given lengths along an axis; a length of -1 takes what the others leave.
// Source: OpenVINO VariadicSplit-1.
#include <utility>

#include "ops/operation.hpp"
#include "ops/slices.hpp"

namespace lpt {

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
  std::vector<OutputSpec> outputs;
  for (const auto part : parts) {
    Lengths result = lengths;
    result[axis] = part;
    outputs.push_back({arguments.type(0), shape_of(result)});
  }
  return outputs;
}

void variadic_split_evaluate(Evaluation& run) { cut(run, axis_of(run.integers(1).at(0), run.input(0).rank())); }

}  // namespace lpt
