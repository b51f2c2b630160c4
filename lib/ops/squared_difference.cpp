// SquaredDifference: (a - b)^2; integers wrap around.
// Source: OpenVINO SquaredDifference-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void squared_difference_evaluate(Evaluation& run) {
  evaluate_arithmetic(run,
                      [](auto a, auto b) { return wrapping(a, b, [](auto x, auto y) { return (x - y) * (x - y); }); });
}

}  // namespace lpt
