// Sigmoid: 1 / (1 + e^-x).
// Source: OpenVINO Sigmoid-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void sigmoid_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return 1 / (1 + std::exp(-x)); });
}

}  // namespace lpt
