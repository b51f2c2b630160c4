// Negative: -x; the smallest integer stays as it is.
// Source: OpenVINO Negative-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void negative_evaluate(Evaluation& run) {
  evaluate_number(run, [](auto x) { return wrapping_negative(x); });
}

}  // namespace lpt
