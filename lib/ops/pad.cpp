// Pad: elements added before and behind each axis: a value, the nearest element, or a mirror image that repeats the
// edge (symmetric) or not (reflect). Negative pads cut. Source: OpenVINO Pad-1, Pad-12.
#include "ops/operation.hpp"
#include "tensor/strided.hpp"

namespace lpt {

namespace {

enum Mode : std::size_t { constant, edge, reflect, symmetric };

/// The element of an axis that stands at a place outside of it; -1 for the pad value.
std::int64_t element_at(std::int64_t place, std::int64_t length, std::size_t mode) {
  if (place >= 0 && place < length) return place;
  if (mode == constant) return -1;
  if (mode == edge) return place < 0 ? 0 : length - 1;
  const std::int64_t repeated = mode == symmetric ? 1 : 0;
  if (place < 0) return -place - repeated;
  return 2 * length - 2 - place + repeated;
}

std::size_t mode_of(const Node& node) {
  return enumeration_attribute(node, "pad_mode", {"constant", "edge", "reflect", "symmetric"}, constant);
}

}  // namespace

std::vector<OutputSpec> pad_infer(const Arguments& arguments) {
  Lengths result = arguments.lengths(0);
  const auto begin = required_integers(arguments, 1);
  const auto end = required_integers(arguments, 2);
  if (begin.size() != result.size() || end.size() != result.size())
    throw LayerError("pads_begin and pads_end have {} and {} values, its data [{}]", begin.size(), end.size(),
                     to_string(result));
  const auto mode = mode_of(arguments.node());
  for (std::size_t axis = 0; axis < result.size(); ++axis) {
    const auto length = result[axis];
    constexpr std::int64_t kMost = std::int64_t{1} << 40;
    const auto limit = mode == reflect ? length - 1 : mode == symmetric ? length : kMost;
    if (begin[axis] > limit || end[axis] > limit || begin[axis] < -kMost || end[axis] < -kMost ||
        (mode == edge && length == 0 && (begin[axis] > 0 || end[axis] > 0))) {
      throw LayerError("pads {} and {} do not fit axis {} of [{}]", begin[axis], end[axis], axis,
                       to_string(arguments.lengths(0)));
    }
    result[axis] += begin[axis] + end[axis];
    if (result[axis] < 0)
      throw NotInferred("pads {} and {} leave nothing of axis {} of [{}]", begin[axis], end[axis], axis,
                        to_string(arguments.lengths(0)));
  }
  if (arguments.size() > 3 && arguments.type(3) != arguments.type(0))
    throw NotInferred("its pad value is {}, its data {}", name(arguments.type(3)), name(arguments.type(0)));
  if (arguments.size() > 3 && arguments.tensor(3).count() != 1)
    throw LayerError("its pad value is [{}], should be one number", to_string(arguments.lengths(3)));
  return one_output(arguments.type(0), result);
}

void pad_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto begin = run.integers(1);
  const auto mode = mode_of(run.node());
  std::vector<Lengths> indices(data.rank());
  for (std::size_t axis = 0; axis < data.rank(); ++axis) {
    for (std::int64_t i = 0; i < run.output_lengths()[axis]; ++i)
      indices[axis].push_back(element_at(i - begin[axis], data.lengths()[axis], mode));
  }
  gather_by_axis(data, indices, run.input_count() > 3 ? run.input(3).bytes() : nullptr, run.output());
}

}  // namespace lpt
