// Gelu: x * P(X <= x) for a normal X, exactly or by tanh:
//
//     x/2 * (1 + erf(x / sqrt(2)))        x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))
//
// Source: OpenVINO Gelu-2, Gelu-7.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void gelu_evaluate(Evaluation& run) {
  const bool is_exact = enumeration_attribute(run.node(), "approximation_mode", {"erf", "tanh"}, 0) == 0;
  evaluate_function(run, [&](const auto& of) { return is_exact ? of.gelu : of.gelu_tanh; });
}

}  // namespace lpt
