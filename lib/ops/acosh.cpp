// Acosh: the inverse hyperbolic cosine.
// Source: OpenVINO Acosh-4.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void acosh_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::acosh(x); });
}

}  // namespace lpt
