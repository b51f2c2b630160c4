// Sign: -1, 0 or 1.
// Source: OpenVINO Sign-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void sign_evaluate(Evaluation& run) {
  evaluate_number(run, [](auto x) {
    using T = decltype(x);
    return x > T{0} ? T{1} : x < T{0} ? static_cast<T>(-1) : x;
  });
}

}  // namespace lpt
