// Sqrt: the square root.
// Source: OpenVINO Sqrt-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void sqrt_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::sqrt(x); });
}

}  // namespace lpt
