// Sin: the sine of radians.
// Source: OpenVINO Sin-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void sin_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::sin(x); });
}

}  // namespace lpt
