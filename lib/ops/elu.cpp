// Elu: x where x > 0, alpha * (e^x - 1) elsewhere.
// Source: OpenVINO Elu-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void elu_evaluate(Evaluation& run) {
  const double alpha = real_attribute(run.node(), "alpha");
  evaluate_real(run, [alpha](auto x) {
    using T = decltype(x);
    return x > 0 ? x : static_cast<T>(alpha) * std::expm1(x);
  });
}

}  // namespace lpt
