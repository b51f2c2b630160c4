// ReduceL1: the sum of magnitudes over the axes.
// Source: OpenVINO ReduceL1-4.
#include "ops/reduce.hpp"

namespace lpt {

void reduce_l1_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&](auto type) {
    using T = typename decltype(type)::type;
    using Sum = ReduceSum<T>;
    reduce_as<T, Sum>(
        run, 0, [](Sum a, Sum b) { return b < 0 ? a - b : a + b; }, [](Sum sum, std::int64_t) { return sum; });
  });
}

}  // namespace lpt
