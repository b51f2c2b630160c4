// ReLU: max(x, 0).
// Source: OpenVINO ReLU-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void relu_evaluate(Evaluation& run) {
  evaluate_number(run, [](auto x) { return x > 0 ? x : decltype(x){0}; });
}

}  // namespace lpt
