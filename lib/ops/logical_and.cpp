// LogicalAnd: true where both are.
// Source: OpenVINO LogicalAnd-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void logical_and_evaluate(Evaluation& run) {
  evaluate_comparison(run, [](auto a, auto b) { return (a != 0) && (b != 0); });
}

}  // namespace lpt
