// Mish: x * tanh(ln(1 + e^x)).
// Source: OpenVINO Mish-4.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void mish_evaluate(Evaluation& run) {
  evaluate_function(run, [](const auto& of) { return of.mish; });
}

}  // namespace lpt
