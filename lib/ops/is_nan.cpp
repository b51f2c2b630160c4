// IsNaN: true where x is not a number.
// Source: OpenVINO IsNaN-10.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void is_nan_evaluate(Evaluation& run) {
  evaluate_test(run, [](auto x) { return std::isnan(x); });
}

}  // namespace lpt
