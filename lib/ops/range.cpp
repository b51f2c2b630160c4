// Range: start, start + step, ... before stop.
// Source: OpenVINO Range-0, Range-4.
#include <cmath>

#include "ops/operation.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

std::vector<OutputSpec> range_infer(const Arguments& arguments) {
  const bool chosen = arguments.node().attribute("output_type") != nullptr;
  const auto type = chosen ? element_type_attribute(arguments.node(), "output_type") : arguments.type(0);
  if (!is_number(type)) throw LayerError("output_type is {}, should be a type of numbers", name(type));
  double ends[3];
  for (std::size_t i = 0; i < 3; ++i) {
    ends[i] = required_real(arguments, i);
    // Whole results come from whole ends.
    if (is_integer(type)) ends[i] = std::trunc(ends[i]);
  }
  if (ends[2] == 0 || !std::isfinite(ends[0]) || !std::isfinite(ends[1]) || !std::isfinite(ends[2]))
    throw LayerError("runs from {} to {} in steps of {}", ends[0], ends[1], ends[2]);
  const double count = std::max(0.0, std::ceil((ends[1] - ends[0]) / ends[2]));
  constexpr double kMost = 1e15;
  if (count > kMost) throw LayerError("has {} elements", count);
  return one_output(type, {static_cast<std::int64_t>(count)});
}

void range_evaluate(Evaluation& run) {
  const double start = required_real(run.arguments(), 0);
  const double step = required_real(run.arguments(), 2);
  visit_number(run.output_type(), [&]<class T>(std::type_identity<T>) {
    const auto first = static_cast<T>(start);
    const auto width = static_cast<T>(step);
    T* out = run.output().data<T>();
    for (std::int64_t i = 0; i < run.output_lengths()[0]; ++i)
      out[i] = static_cast<T>(first + width * static_cast<T>(i));
  });
}

}  // namespace lpt
