// Maximum: the larger one.
// Source: OpenVINO Maximum-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void maximum_evaluate(Evaluation& run) {
  evaluate_arithmetic(run, [](auto a, auto b) { return a > b ? a : b; });
}

}  // namespace lpt
