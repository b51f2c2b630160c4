#include "ops/reduce.hpp"

namespace lpt {

Lengths reduced_lengths(const Node& node, const Lengths& lengths, const std::vector<std::size_t>& axes) {
  const bool keep = boolean_attribute(node, "keep_dims", false);
  Lengths result;
  for (std::size_t axis = 0; axis < lengths.size(); ++axis) {
    const bool reduced = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (!reduced || keep) result.push_back(reduced ? 1 : lengths[axis]);
  }
  return result;
}

std::vector<OutputSpec> reduce_infer(const Arguments& arguments) {
  if (!is_number(arguments.type(0))) throw NotInferred("its input is {}, should be numbers", name(arguments.type(0)));
  const auto& lengths = arguments.lengths(0);
  const auto axes = axes_of(required_integers(arguments, 1), lengths.size());
  return one_output(arguments.type(0), reduced_lengths(arguments.node(), lengths, axes));
}

ReducedAxes::ReducedAxes(const Lengths& lengths, const std::vector<std::size_t>& axes) {
  std::int64_t stride = 1;
  std::vector<Axis>* last = nullptr;
  for (std::size_t axis = lengths.size(); axis-- > 0;) {
    const bool is_reduced = std::find(axes.begin(), axes.end(), axis) != axes.end();
    auto& list = is_reduced ? reduced : kept;
    (is_reduced ? reduced_count : kept_count) *= lengths[axis];
    if (last == &list) {
      list.front().length *= lengths[axis];
    } else if (lengths[axis] != 1) {
      list.insert(list.begin(), {lengths[axis], stride});
      last = &list;
    }
    stride *= lengths[axis];
  }
}

}  // namespace lpt
