// SoftPlus: ln(1 + e^x).
// Source: OpenVINO SoftPlus-4.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void soft_plus_evaluate(Evaluation& run) {
  evaluate_function(run, [](const auto& of) { return of.soft_plus; });
}

}  // namespace lpt
