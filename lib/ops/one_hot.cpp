// OneHot: a new axis of `depth` elements that holds on_value at the index and off_value elsewhere. An index outside of
// it leaves off_value alone. Source: OpenVINO OneHot-1, OneHot-16 (whose negative indices may count from the end).
#include "ops/operation.hpp"
#include "tensor/visit_type.hpp"
#include <algorithm>

namespace lpt {

std::vector<OutputSpec> one_hot_infer(const Arguments& arguments) {
  const auto depth = required_integer(arguments, 1);
  if (depth < 0) throw LayerError("depth is {}", depth);
  if (arguments.type(2) != arguments.type(3) || arguments.tensor(2).count() != 1 || arguments.tensor(3).count() != 1)
    throw LayerError("on_value and off_value should be one number each, of one type");
  Lengths lengths = arguments.lengths(0);
  const auto axis = axis_of(integer_attribute(arguments.node(), "axis"), lengths.size() + 1);
  lengths.insert(lengths.begin() + static_cast<std::ptrdiff_t>(axis), depth);
  return one_output(arguments.type(2), lengths);
}

void one_hot_evaluate(Evaluation& run) {
  const auto indices = run.integers(0);
  const auto axis = axis_of(integer_attribute(run.node(), "axis"), run.output_lengths().size());
  const auto depth = run.output_lengths()[axis];
  const bool from_end =
      enumeration_attribute(run.node(), "negative_indices_mode", {"ignore_negative", "normalize"}, 0) == 1;
  const auto inner = product(run.output_lengths(), axis + 1, run.output_lengths().size());
  visit_width(run.output_type(), [&]<class T>(std::type_identity<T>) {
    T* out = run.output().data<T>();
    std::fill_n(out, run.output().count(), *run.input(3).data<T>());
    for (std::size_t i = 0; i < indices.size(); ++i) {
      const auto index = indices[i] < 0 && from_end ? indices[i] + depth : indices[i];
      if (index < 0 || index >= depth) continue;
      const auto place = static_cast<std::int64_t>(i);
      out[(place / inner * depth + index) * inner + place % inner] = *run.input(2).data<T>();
    }
  });
}

}  // namespace lpt
