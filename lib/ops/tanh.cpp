// Tanh: the hyperbolic tangent.
// Source: OpenVINO Tanh-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void tanh_evaluate(Evaluation& run) {
  evaluate_function(run, [](const auto& of) { return of.tanh; });
}

}  // namespace lpt
