// Asin: the arc sine.
// Source: OpenVINO Asin-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void asin_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::asin(x); });
}

}  // namespace lpt
