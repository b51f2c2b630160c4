// Exp: e^x.
// Source: OpenVINO Exp-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void exp_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::exp(x); });
}

}  // namespace lpt
