// ReduceSum: the sum over the axes.
// Source: OpenVINO ReduceSum-1.
#include "ops/reduce.hpp"

namespace lpt {

void reduce_sum_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&](auto type) {
    using T = typename decltype(type)::type;
    using Sum = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;
    reduce_as<T, Sum>(
        run, 0, [](Sum a, Sum b) { return a + b; }, [](Sum sum, std::int64_t) { return sum; }, kAddUp);
  });
}

}  // namespace lpt
