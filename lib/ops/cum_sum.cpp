// CumSum: sums along an axis up to each element, from the other end if reverse, without the element if exclusive.
// Source: OpenVINO CumSum-0.
#include "ops/axis_lines.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

std::vector<OutputSpec> cum_sum_infer(const Arguments& arguments) {
  if (arguments.size() > 1) axis_of(required_integer(arguments, 1), arguments.lengths(0).size());
  return one_output(arguments.type(0), arguments.lengths(0));
}

void cum_sum_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto axis = axis_of(run.input_count() > 1 ? run.integers(1).at(0) : 0, data.rank());
  const bool exclusive = boolean_attribute(run.node(), "exclusive", false);
  const bool reverse = boolean_attribute(run.node(), "reverse", false);
  const AxisLines lines(data.lengths(), axis);
  visit_number(data.type(), [&]<class T>(std::type_identity<T>) {
    using Sum = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;
    for (std::int64_t line = 0; line < lines.count; ++line) {
      Sum sum{};
      for (std::int64_t i = 0; i < lines.length; ++i) {
        const auto at = lines.first(line) + (reverse ? lines.length - 1 - i : i) * lines.stride;
        const auto before = sum;
        sum += static_cast<Sum>(data.data<T>()[at]);
        run.output().data<T>()[at] = static_cast<T>(exclusive ? before : sum);
      }
    }
  });
}

}  // namespace lpt
