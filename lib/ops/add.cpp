// Add: a + b; integers wrap around.
// Source: OpenVINO Add-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void add_evaluate(Evaluation& run) {
  evaluate_arithmetic(run, [](auto a, auto b) { return wrapping(a, b, [](auto x, auto y) { return x + y; }); });
}

}  // namespace lpt
