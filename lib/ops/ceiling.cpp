// Ceiling: the smallest whole number that is not below x.
// Source: OpenVINO Ceiling-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void ceiling_evaluate(Evaluation& run) {
  evaluate_number(run, [](auto x) {
    if constexpr (std::is_integral_v<decltype(x)>)
      return x;
    else
      return std::ceil(x);
  });
}

}  // namespace lpt
