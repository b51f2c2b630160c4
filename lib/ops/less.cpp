// Less: true where a is below b.
// Source: OpenVINO Less-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void less_evaluate(Evaluation& run) {
  evaluate_comparison(run, [](auto a, auto b) { return a < b; });
}

}  // namespace lpt
