// Atan: the arc tangent.
// Source: OpenVINO Atan-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void atan_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::atan(x); });
}

}  // namespace lpt
