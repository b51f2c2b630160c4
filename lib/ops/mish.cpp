// Mish: x * tanh(ln(1 + e^x)).
// Source: OpenVINO Mish-4.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void mish_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return x * std::tanh(x > 20 ? x : std::log1p(std::exp(x))); });
}

}  // namespace lpt
