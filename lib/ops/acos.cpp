// Acos: the arc cosine.
// Source: OpenVINO Acos-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void acos_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::acos(x); });
}

}  // namespace lpt
