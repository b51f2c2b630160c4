// HardSigmoid: min(max(alpha * x + beta, 0), 1).
// Source: OpenVINO HardSigmoid-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void hard_sigmoid_evaluate(Evaluation& run) {
  const double alpha = required_real(run.arguments(), 1);
  const double beta = required_real(run.arguments(), 2);
  evaluate_real(run, [=](auto x) {
    using T = decltype(x);
    return std::min(std::max(static_cast<T>(alpha) * x + static_cast<T>(beta), T{0}), T{1});
  });
}

}  // namespace lpt
