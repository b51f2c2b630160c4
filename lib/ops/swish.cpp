// Swish: x / (1 + e^(-beta * x)); beta is 1 unless there is a second input.
// Source: OpenVINO Swish-4.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void swish_evaluate(Evaluation& run) {
  const double beta = run.input_count() > 1 ? required_real(run.arguments(), 1) : 1;
  evaluate_real(run, [beta](auto x) {
    using T = decltype(x);
    return x / (1 + std::exp(-static_cast<T>(beta) * x));
  });
}

}  // namespace lpt
