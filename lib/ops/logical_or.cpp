// LogicalOr: true where one or both are.
// Source: OpenVINO LogicalOr-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void logical_or_evaluate(Evaluation& run) {
  evaluate_comparison(run, [](auto a, auto b) { return (a != 0) || (b != 0); });
}

}  // namespace lpt
