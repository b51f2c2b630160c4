// IsFinite: true where x is neither infinite nor NaN.
// Source: OpenVINO IsFinite-10.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void is_finite_evaluate(Evaluation& run) {
  evaluate_test(run, [](auto x) { return std::isfinite(x); });
}

}  // namespace lpt
