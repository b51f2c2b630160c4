// Subtract: a - b; integers wrap around.
// Source: OpenVINO Subtract-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void subtract_evaluate(Evaluation& run) {
  evaluate_arithmetic(run, [](auto a, auto b) { return wrapping(a, b, [](auto x, auto y) { return x - y; }); });
}

}  // namespace lpt
