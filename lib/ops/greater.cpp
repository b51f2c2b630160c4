// Greater: true where a is above b.
// Source: OpenVINO Greater-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void greater_evaluate(Evaluation& run) {
  evaluate_comparison(run, [](auto a, auto b) { return a > b; });
}

}  // namespace lpt
