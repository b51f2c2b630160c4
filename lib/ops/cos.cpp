// Cos: the cosine of radians.
// Source: OpenVINO Cos-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void cos_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::cos(x); });
}

}  // namespace lpt
