// ReduceProd: the product over the axes.
// Source: OpenVINO ReduceProd-1.
#include "ops/reduce.hpp"

namespace lpt {

void reduce_prod_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&](auto type) {
    using T = typename decltype(type)::type;
    using Sum = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;
    reduce_as<T, Sum>(
        run, 1, [](Sum a, Sum b) { return a * b; }, [](Sum all, std::int64_t) { return all; });
  });
}

}  // namespace lpt
