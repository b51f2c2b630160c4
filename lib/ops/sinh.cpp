// Sinh: the hyperbolic sine.
// Source: OpenVINO Sinh-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void sinh_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::sinh(x); });
}

}  // namespace lpt
