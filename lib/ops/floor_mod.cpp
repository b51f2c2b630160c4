// FloorMod: what a division that rounds down leaves; it has the sign of b.
// Source: OpenVINO FloorMod-1.
#include <cmath>

#include "ops/elementwise_binary.hpp"

namespace lpt {

void floor_mod_evaluate(Evaluation& run) {
  evaluate_arithmetic(run, [](auto a, auto b) {
    using T = decltype(a);
    expect_divisor(b);
    T rest{};
    if constexpr (std::is_integral_v<T>) {
      rest = overflows(a, b) ? T{0} : static_cast<T>(a % b);
    } else {
      rest = std::fmod(a, b);
    }
    return static_cast<T>(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest);
  });
}

}  // namespace lpt
