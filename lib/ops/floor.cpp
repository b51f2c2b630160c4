// Floor: the largest whole number that is not above x.
// Source: OpenVINO Floor-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void floor_evaluate(Evaluation& run) {
  evaluate_number(run, [](auto x) {
    if constexpr (std::is_integral_v<decltype(x)>)
      return x;
    else
      return std::floor(x);
  });
}

}  // namespace lpt
