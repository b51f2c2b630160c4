// Divide: a / b. Integers: rounded down if m_pythondiv says so, otherwise towards zero.
// Source: OpenVINO Divide-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void divide_evaluate(Evaluation& run) {
  const bool down = boolean_attribute(run.node(), "m_pythondiv", true);
  evaluate_arithmetic(run, [down](auto a, auto b) {
    using T = decltype(a);
    expect_divisor(b);
    if constexpr (std::is_integral_v<T>) {
      if (overflows(a, b)) return a;
      const T quotient = static_cast<T>(a / b);
      const bool between = quotient * b != a && (a < 0) != (b < 0);
      return static_cast<T>(down && between ? quotient - 1 : quotient);
    } else {
      return a / b;
    }
  });
}

}  // namespace lpt
