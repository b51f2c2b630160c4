// Exp: e^x.
// Source: OpenVINO Exp-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void exp_evaluate(Evaluation& run) {
  evaluate_function(run, [](const auto& of) { return of.exp; });
}

}  // namespace lpt
