// SoftSign: x / (1 + |x|).
// Source: OpenVINO SoftSign-9.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void soft_sign_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return x / (1 + std::abs(x)); });
}

}  // namespace lpt
