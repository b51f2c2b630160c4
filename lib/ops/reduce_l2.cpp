// ReduceL2: the square root of the sum of squares; that of integers is rounded to the nearest over the axes.
// Source: OpenVINO ReduceL2-4.
#include <cmath>

#include "ops/reduce.hpp"

namespace lpt {

void reduce_l2_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&](auto type) {
    using T = typename decltype(type)::type;
    reduce_as<T, double>(
        run, 0, [](double a, double b) { return a + b * b; },
        [](double sum, std::int64_t) {
          const double root = std::sqrt(sum);
          return std::is_floating_point_v<T> ? root : std::round(root);
        },
        []<class R>(const R* in, std::int64_t count) { return functions<R>().squares(in, count, 0); });
  });
}

}  // namespace lpt
