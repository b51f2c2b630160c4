// Round: to the nearest whole number, ties to the even one or away from zero.
// Source: OpenVINO Round-5.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void round_evaluate(Evaluation& run) {
  const bool away = enumeration_attribute(run.node(), "mode", {"half_to_even", "half_away_from_zero"}, 0) == 1;
  evaluate_rounding(run, [away](auto x) { return away ? std::round(x) : std::nearbyint(x); });
}

}  // namespace lpt
