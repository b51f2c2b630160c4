// Atanh: the inverse hyperbolic tangent.
// Source: OpenVINO Atanh-4.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void atanh_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::atanh(x); });
}

}  // namespace lpt
