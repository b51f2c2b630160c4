// Mod: what a division that rounds towards zero leaves; it has the sign of a.
// Source: OpenVINO Mod-1.
#include <cmath>

#include "ops/elementwise_binary.hpp"

namespace lpt {

void mod_evaluate(Evaluation& run) {
  evaluate_arithmetic(run, [](auto a, auto b) {
    using T = decltype(a);
    expect_divisor(b);
    if constexpr (std::is_integral_v<T>) {
      return overflows(a, b) ? T{0} : static_cast<T>(a % b);
    } else {
      return std::fmod(a, b);
    }
  });
}

}  // namespace lpt
