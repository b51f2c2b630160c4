// LessEqual: true where a is not above b.
// Source: OpenVINO LessEqual-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void less_equal_evaluate(Evaluation& run) {
  evaluate_comparison(run, [](auto a, auto b) { return a <= b; });
}

}  // namespace lpt
