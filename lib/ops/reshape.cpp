#include <algorithm>

#include "ir/number.hpp"
#include "ops/operation.hpp"

namespace lpt {

void reshape_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 2, 2);
  boolean_attribute(node, "special_zero", false);
}

std::vector<OutputSpec> reshape_infer(const Arguments& arguments) {
  const Shape& data = arguments.shape(0);
  const auto pattern = arguments.integers(1);
  if (!pattern) return {{arguments.type(0), Shape::of_unknown_rank()}};
  const bool special_zero = boolean_attribute(arguments.node(), "special_zero", false);
  std::vector<Dimension> result;
  std::size_t free_axis = pattern->size();
  std::optional<std::uint64_t> known = 1;
  for (std::size_t axis = 0; axis < pattern->size(); ++axis) {
    const auto length = (*pattern)[axis];
    if (length < -1) throw LayerError("its shape input holds {}, should be -1 or a length", length);
    Dimension d = Dimension::exactly(length);
    if (length == -1) {
      if (free_axis != pattern->size()) throw LayerError("its shape input holds -1 twice");
      free_axis = axis;
      d = Dimension{};
    } else if (length == 0 && special_zero) {
      d = data.has_rank() && axis < data.rank() ? data[axis] : Dimension{};
    }
    if (axis != free_axis && d.is_static() && known) known = checked_product(*known, static_cast<std::uint64_t>(d.min));
    if (axis != free_axis && !d.is_static()) known = std::nullopt;
    result.push_back(d);
  }
  const auto count = data.element_count();
  if (free_axis != pattern->size() && count && known && *known != 0) {
    if (*count % *known != 0) throw LayerError("{} elements do not divide by {}", *count, *known);
    result[free_axis] = Dimension::exactly(static_cast<std::int64_t>(*count / *known));
  }
  Shape shape(std::move(result));
  if (count && shape.is_static() && shape.element_count() != count) {
    // OpenVINO does not count where lengths are copied from the input.
    if (special_zero && std::ranges::find(*pattern, 0) != pattern->end())
      throw NotInferred("[{}] cannot be reshaped to [{}]", data.to_string(), shape.to_string());
    throw LayerError("[{}] cannot be reshaped to [{}]", data.to_string(), shape.to_string());
  }
  return {{arguments.type(0), std::move(shape)}};
}

void reshape_evaluate(Evaluation& run) { run.set_output(0, run.input(0).reshaped(run.output_lengths())); }

}  // namespace lpt
