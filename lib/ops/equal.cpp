// Equal: true where a is b.
// Source: OpenVINO Equal-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void equal_evaluate(Evaluation& run) {
  evaluate_comparison(run, [](auto a, auto b) { return a == b; });
}

}  // namespace lpt
