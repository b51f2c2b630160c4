// NotEqual: true where a is not b.
// Source: OpenVINO NotEqual-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void not_equal_evaluate(Evaluation& run) {
  evaluate_comparison(run, [](auto a, auto b) { return a != b; });
}

}  // namespace lpt
