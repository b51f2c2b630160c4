// AdaptiveAvgPool: the mean of as many windows as are wanted: output i of n sees elements floor(i * in / n) to
// ceil((i + 1) * in / n), the last one not included.
// Source: OpenVINO AdaptiveAvgPool-8.
#include "ops/pools.hpp"

namespace lpt {

std::vector<OutputSpec> adaptive_avg_pool_infer(const Arguments& arguments) {
  return one_output(arguments.type(0), adaptive_lengths(arguments));
}

void adaptive_avg_pool_evaluate(Evaluation& run) {
  adaptive_pool(run, [](auto& window, std::int64_t) {
    double sum = 0;
    std::int64_t count = 0;
    window([&](std::int64_t, double value) {
      sum += value;
      ++count;
    });
    return sum / static_cast<double>(count);
  });
}

}  // namespace lpt
