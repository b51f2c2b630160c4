// Asinh: the inverse hyperbolic sine.
// Source: OpenVINO Asinh-4.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void asinh_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) { return std::asinh(x); });
}

}  // namespace lpt
