// Abs: |x|; the smallest integer stays as it is.
// Source: OpenVINO Abs-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void abs_evaluate(Evaluation& run) {
  evaluate_number(run, [](auto x) { return x < 0 ? wrapping_negative(x) : x; });
}

}  // namespace lpt
