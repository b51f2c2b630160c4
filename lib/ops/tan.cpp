// Tan: the tangent of radians.
// Source: OpenVINO Tan-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void tan_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::tan(x); });
}

}  // namespace lpt
