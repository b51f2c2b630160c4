// HSigmoid: min(max(x + 3, 0), 6) / 6.
// Source: OpenVINO HSigmoid-5.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void h_sigmoid_evaluate(Evaluation& run) {
  evaluate_real(run, [](auto x) {
    using T = decltype(x);
    return std::min(std::max(x + 3, T{0}), T{6}) / 6;
  });
}

}  // namespace lpt
