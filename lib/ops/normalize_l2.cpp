// NormalizeL2: each segment over its length, x / sqrt(sum x^2 + eps), or / sqrt(max(sum x^2, eps)) with eps_mode max.
// Source: OpenVINO NormalizeL2-1.
#include <algorithm>

#include <cmath>

#include "ops/segments.hpp"

namespace lpt {

std::vector<OutputSpec> normalize_l2_infer(const Arguments& arguments) {
  expect_real(arguments, 0);
  axes_of(required_integers(arguments, 1), arguments.lengths(0).size());
  return {{arguments.type(0), arguments.shape(0)}};
}

void normalize_l2_evaluate(Evaluation& run) {
  const double eps = real_attribute(run.node(), "eps");
  const bool add = enumeration_attribute(run.node(), "eps_mode", {"add", "max"}, 0) == 0;
  normalize_segments(run, axes_of(run.integers(1), run.input(0).rank()),
                     [=]<class T>(const T* in, T* out, std::int64_t count) {
                       const double sum = functions<T>().squares(in, count, 0);
                       const double length = std::sqrt(add ? sum + eps : std::max(sum, eps));
                       functions<T>().scale(in, out, count, 0, static_cast<T>(1 / length));
                     });
}

}  // namespace lpt
