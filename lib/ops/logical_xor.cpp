// LogicalXor: true where exactly one is.
// Source: OpenVINO LogicalXor-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void logical_xor_evaluate(Evaluation& run) {
  evaluate_comparison(run, [](auto a, auto b) { return (a != 0) != (b != 0); });
}

}  // namespace lpt
