// HSwish: x * min(max(x + 3, 0), 6) / 6.
// Source: OpenVINO HSwish-4.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void h_swish_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) {
    using T = decltype(x);
    return x * std::min(std::max(x + 3, T{0}), T{6}) / 6;
  });
}

}  // namespace lpt
