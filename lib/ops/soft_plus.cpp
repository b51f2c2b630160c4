// SoftPlus: ln(1 + e^x).
// Source: OpenVINO SoftPlus-4.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void soft_plus_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return x > 20 ? x : std::log1p(std::exp(x)); });
}

}  // namespace lpt
