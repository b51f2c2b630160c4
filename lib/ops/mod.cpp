// Mod: what a division that rounds towards zero leaves; it has the sign of a. FloorMod: what one that rounds down leaves;
// it has the sign of b.
// Source: OpenVINO Mod-1, FloorMod-1.
#include <cmath>

#include "ops/elementwise_binary.hpp"

namespace lpt {
namespace {

template <class T>
T rest_of(T a, T b) {
  expect_divisor(b);
  if constexpr (std::is_integral_v<T>) {
    return overflows(a, b) ? T{0} : static_cast<T>(a % b);
  } else {
    return std::fmod(a, b);
  }
}

}  // namespace

void mod_evaluate(Evaluation& run) {
  evaluate_arithmetic(run, [](auto a, auto b) { return rest_of(a, b); });
}

void floor_mod_evaluate(Evaluation& run) {
  evaluate_arithmetic(run, [](auto a, auto b) {
    const auto rest = rest_of(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  });
}

}  // namespace lpt
