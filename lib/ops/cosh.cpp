// Cosh: the hyperbolic cosine.
// Source: OpenVINO Cosh-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void cosh_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::cosh(x); });
}

}  // namespace lpt
