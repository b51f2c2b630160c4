// LogicalNot: true where x is false.
// Source: OpenVINO LogicalNot-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void logical_not_evaluate(Evaluation& run) {
  evaluate_truth(run, [](std::uint8_t x) { return x == 0; });
}

}  // namespace lpt
