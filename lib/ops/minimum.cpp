// Minimum: the smaller one.
// Source: OpenVINO Minimum-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void minimum_evaluate(Evaluation& run) {
  evaluate_arithmetic(run, [](auto a, auto b) { return a < b ? a : b; });
}

}  // namespace lpt
