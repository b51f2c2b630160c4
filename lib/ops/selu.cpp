// Selu: lambda * x where x > 0, lambda * alpha * (e^x - 1) elsewhere.
// Source: OpenVINO Selu-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void selu_evaluate(Evaluation& run) {
  const double alpha = required_real(run.arguments(), 1);
  const double lambda = required_real(run.arguments(), 2);
  evaluate_real(run, [=](auto x) {
    using T = decltype(x);
    return static_cast<T>(lambda) * (x > 0 ? x : static_cast<T>(alpha) * std::expm1(x));
  });
}

}  // namespace lpt
