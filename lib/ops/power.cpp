// Power: a^b. Integers are computed in double and lose their fraction.
// Source: OpenVINO Power-1.
#include <cmath>

#include "ops/elementwise_binary.hpp"

namespace lpt {

void power_evaluate(Evaluation& run) {
  evaluate_arithmetic(run, [](auto a, auto b) {
    using T = decltype(a);
    if constexpr (std::is_integral_v<T>) {
      return saturate<T>(std::pow(static_cast<double>(a), static_cast<double>(b)));
    } else {
      return b == 2 ? a * a : std::pow(a, b);
    }
  });
}

}  // namespace lpt
