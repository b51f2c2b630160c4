// MVN: each segment without its mean, and divided by its deviation if normalize_variance says so:
//
//     (x - mean) / sqrt(variance + eps)      or, with eps_mode OUTSIDE_SQRT,      (x - mean) / (sqrt(variance) + eps)
//
// Version 1 takes all spatial axes, and the channels with across_channels, or the attribute reduction_axes.
// Source: OpenVINO MVN-1 (written as opset2), MVN-6; measured.
#include <algorithm>

#include <cmath>

#include "ops/segments.hpp"

namespace lpt {

namespace {

std::vector<std::size_t> mvn_axes(const Arguments& arguments) {
  const Node& node = arguments.node();
  const auto rank = arguments.lengths(0).size();
  if (arguments.size() > 1) return axes_of(required_integers(arguments, 1), rank);
  if (node.attribute("reduction_axes") != nullptr && !node.attribute("reduction_axes")->empty())
    return axes_of(integer_list_attribute(node, "reduction_axes"), rank);
  std::vector<std::size_t> axes;
  for (std::size_t axis = boolean_attribute(node, "across_channels", false) ? 1 : 2; axis < rank; ++axis)
    axes.push_back(axis);
  return axes;
}

}  // namespace

std::vector<OutputSpec> mvn_infer(const Arguments& arguments) {
  expect_real(arguments, 0);
  return {{arguments.type(0), arguments.shape(0)}};
}

void mvn_evaluate(Evaluation& run) {
  const double eps = real_attribute(run.node(), "eps", 1e-9);
  const bool divide = boolean_attribute(run.node(), "normalize_variance", false);
  const bool inside = enumeration_attribute(run.node(), "eps_mode", {"inside_sqrt", "outside_sqrt"}, 0) == 0;
  normalize_segments(run, mvn_axes(run.arguments()), [=]<class T>(const T* in, T* out, std::int64_t count) {
    const auto& of = functions<T>();
    const auto mean = static_cast<T>(of.sum(in, count) / static_cast<double>(count));
    const double variance = of.squares(in, count, mean) / static_cast<double>(count);
    const double deviation = inside ? std::sqrt(variance + eps) : std::sqrt(variance) + eps;
    of.scale(in, out, count, mean, static_cast<T>(divide ? 1 / deviation : 1));
  });
}

}  // namespace lpt
