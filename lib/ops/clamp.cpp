// Clamp: min(max(x, min), max). For integers the bounds are rounded inwards.
// Source: OpenVINO Clamp-1.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void clamp_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 1, 1);
  const double low = real_attribute(node, "min", 0), high = real_attribute(node, "max", 0);
  if (!(low <= high)) throw LayerError("min is {}, should not be above max {}", low, high);
}

std::vector<OutputSpec> clamp_infer(const Arguments& arguments) { return elementwise_unary_infer(arguments); }

void clamp_evaluate(Evaluation& run) {
  const double low = real_attribute(run.node(), "min", 0), high = real_attribute(run.node(), "max", 0);
  evaluate_number(run, [=](auto x) {
    using T = decltype(x);
    if constexpr (std::is_integral_v<T>) {
      const auto value = static_cast<double>(x);
      if (value < low) return saturate<T>(std::ceil(low));
      return value > high ? saturate<T>(std::floor(high)) : x;
    } else {
      return std::min(std::max(x, static_cast<T>(low)), static_cast<T>(high));
    }
  });
}

}  // namespace lpt
