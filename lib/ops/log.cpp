// Log: the natural logarithm.
// Source: OpenVINO Log-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void log_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::log(x); });
}

}  // namespace lpt
