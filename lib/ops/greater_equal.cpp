// GreaterEqual: true where a is not below b.
// Source: OpenVINO GreaterEqual-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void greater_equal_evaluate(Evaluation& run) {
  evaluate_comparison(run, [](auto a, auto b) { return a >= b; });
}

}  // namespace lpt
