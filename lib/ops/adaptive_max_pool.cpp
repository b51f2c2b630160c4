// AdaptiveMaxPool: the largest element of the windows of AdaptiveAvgPool, and where in its channel it lies.
// Source: OpenVINO AdaptiveMaxPool-8.
#include "ops/pools.hpp"

namespace lpt {

std::vector<OutputSpec> adaptive_max_pool_infer(const Arguments& arguments) {
  const auto lengths = adaptive_lengths(arguments);
  const auto type = index_type_attribute(arguments.node(), "index_element_type", ElementType::i64);
  return {{arguments.type(0), shape_of(lengths)}, {type, shape_of(lengths)}};
}

void adaptive_max_pool_evaluate(Evaluation& run) {
  visit_integer(run.output_type(1), [&]<class T>(std::type_identity<T>) {
    T* places = run.output(1).data<T>();
    adaptive_pool(run, [&](auto& window, std::int64_t output) {
      double best = 0;
      bool found = false;
      window([&](std::int64_t at, double value) {
        if (found && !(value > best)) return;
        found = true;
        best = value;
        places[output] = static_cast<T>(at);
      });
      return best;
    });
  });
}

}  // namespace lpt
