// Sigmoid: 1 / (1 + e^-x).
// Source: OpenVINO Sigmoid-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void sigmoid_evaluate(Evaluation& run) {
  evaluate_function(run, [](const auto& of) { return of.sigmoid; });
}

}  // namespace lpt
