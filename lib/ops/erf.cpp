// Erf: the error function.
// Source: OpenVINO Erf-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void erf_evaluate(Evaluation& run) {
  evaluate_function(run, [](const auto& of) { return of.erf; });
}

}  // namespace lpt
