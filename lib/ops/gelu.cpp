// Gelu: x * P(X <= x) for a normal X, exactly or by tanh:
//
//     x/2 * (1 + erf(x / sqrt(2)))        x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))
//
// Source: OpenVINO Gelu-2, Gelu-7.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void gelu_evaluate(Evaluation& run) {
  if (enumeration_attribute(run.node(), "approximation_mode", {"erf", "tanh"}, 0) == 0) {
    return evaluate_real(run, [](auto x) {
      using T = decltype(x);
      return x / 2 * (1 + std::erf(x * static_cast<T>(0.70710678118654752)));
    });
  }
  evaluate_real(run, [](auto x) {
    using T = decltype(x);
    const T inner = static_cast<T>(0.79788456080286536) * (x + static_cast<T>(0.044715) * x * x * x);
    return x / 2 * (1 + std::tanh(inner));
  });
}

}  // namespace lpt
