// ReduceMax: the largest element over the axes.
// Source: OpenVINO ReduceMax-1.
#include <limits>

#include "ops/reduce.hpp"

namespace lpt {

void reduce_max_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&](auto type) {
    using T = typename decltype(type)::type;
    using Limits = std::numeric_limits<T>;
    reduce_as<T, T>(
        run, Limits::has_infinity ? -Limits::infinity() : Limits::lowest(), [](T a, T b) { return b > a ? b : a; },
        [](T best, std::int64_t) { return best; });
  });
}

}  // namespace lpt
