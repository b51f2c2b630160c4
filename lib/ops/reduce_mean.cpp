// ReduceMean: the mean; that of integers loses its fraction over the axes.
// Source: OpenVINO ReduceMean-1.
#include "ops/reduce.hpp"

namespace lpt {

void reduce_mean_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&](auto type) {
    using T = typename decltype(type)::type;
    using Sum = ReduceSum<T>;
    reduce_as<T, Sum>(
        run, 0, [](Sum a, Sum b) { return a + b; },
        [](Sum sum, std::int64_t count) { return count == 0 ? Sum{0} : sum / static_cast<Sum>(count); }, kAddUp);
  });
}

}  // namespace lpt
