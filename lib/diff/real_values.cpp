#include "diff/real_values.hpp"

#include <algorithm>
#include <cmath>

#include "ir/number.hpp"
#include "ops/operation.hpp"
#include "quant/broadcast_runs.hpp"
#include "quant/parameter_algebra.hpp"
#include "tensor/convert.hpp"
#include "tensor/saturate.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {
namespace {

/// Calls `visit` with each element, which it may change, and its parameter.
template <class Visit>
void for_each_with(const SmallTensor& parameters, Tensor& tensor, const Visit& visit) {
  const auto shape = shape_of(tensor.lengths());
  if (!broadcasts_to(parameters.shape, shape)) throw LayerError("its unit does not fit its shape");
  if (tensor.count() == 0) return;
  auto* x = tensor.data<double>();
  BroadcastRuns(shape, parameters.shape).visit(0, static_cast<std::uint64_t>(tensor.count()), [&](const Run& run) {
    for (std::uint64_t i = 0; i < run.count; ++i)
      visit(x[run.first + i], double{parameters.values[run.parameter + (run.varies ? i : 0)]});
  });
}

/// A copy, whose elements may be changed.
Tensor copy_as_f64(const Tensor& tensor) {
  const Tensor values = convert(tensor, ElementType::f64);
  Tensor copy(ElementType::f64, tensor.lengths());
  std::copy_n(values.data<double>(), values.count(), copy.data<double>());
  return copy;
}

}  // namespace

Tensor real_of(const Tensor& tensor, const Unit* unit) {
  Tensor values = copy_as_f64(tensor);
  if (unit == nullptr) return values;
  if (unit->zero_point) for_each_with(*unit->zero_point, values, [](double& x, double zero_point) { x -= zero_point; });
  for_each_with(unit->scale, values, [](double& x, double scale) { x *= scale; });
  return values;
}

Tensor in_unit(const Tensor& real, const Unit* unit, ElementType type) {
  Tensor values = copy_as_f64(real);
  if (unit != nullptr) {
    for_each_with(unit->scale, values, [](double& x, double scale) { x /= scale; });
    if (unit->zero_point)
      for_each_with(*unit->zero_point, values, [](double& x, double zero_point) { x += zero_point; });
  }
  if (!is_integer(type)) return convert(values, is_half(type) ? ElementType::f32 : type);
  Tensor rounded(type, values.lengths());
  visit_integer(type, [&](auto element) {
    using T = typename decltype(element)::type;
    for (std::int64_t i = 0; i < values.count(); ++i)
      rounded.data<T>()[i] = saturate<T>(std::nearbyint(values.data<double>()[i]));
  });
  return rounded;
}

Unit fitted(const Tensor& real, const Tensor& other, std::size_t axis, const SmallTensor* scale) {
  constexpr std::int64_t kFew = 8;
  const auto& lengths = other.lengths();
  const bool is_wide =
      axis < lengths.size() && lengths[axis] > 1 && (scale != nullptr || other.count() / lengths[axis] >= kFew);
  const auto channels = is_wide ? lengths[axis] : 1;
  const auto inner = is_wide ? product(lengths, axis + 1, lengths.size()) : other.count();
  std::vector<Dimension> shape(is_wide ? lengths.size() : 0, Dimension::exactly(1));
  if (is_wide) shape[axis] = Dimension::exactly(channels);
  const Unit given{scale != nullptr ? *scale : scalar(1)};
  const Tensor from = copy_as_f64(other), to = in_unit(real, &given, ElementType::f64);
  struct Sums {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  };
  std::vector<Sums> sums(static_cast<std::size_t>(channels));
  for (std::int64_t i = 0; i < from.count(); ++i) {
    const double x = from.data<double>()[i], y = to.data<double>()[i];
    auto& sum = sums[static_cast<std::size_t>(i / inner % channels)];
    ++sum.n, sum.x += x, sum.y += y, sum.xx += x * x, sum.xy += x * y;
  }
  Unit unit{{Shape(shape), {}}, SmallTensor{Shape(shape), {}}};
  for (const auto& [n, x, y, xx, xy] : sums) {
    const double variance = xx * n - x * x, covariance = xy * n - x * y;
    const double factor = scale == nullptr && variance > 0 && covariance != 0 ? covariance / variance : 1;
    unit.scale.values.push_back(static_cast<float>(factor));
    unit.zero_point->values.push_back(static_cast<float>((x - y / factor) / n));
  }
  if (scale != nullptr) unit.scale = *scale;
  return unit;
}

Tensor spread(const SmallTensor& parameters, const Tensor& tensor) {
  Tensor result(ElementType::f64, tensor.lengths());
  for_each_with(parameters, result, [](double& x, double parameter) { x = parameter; });
  return result;
}

double largest_magnitude(const Tensor& real) {
  double largest = 0;
  for (std::int64_t i = 0; i < real.count(); ++i) {
    const double x = std::abs(real.data<double>()[i]);
    if (std::isfinite(x)) largest = std::max(largest, x);
  }
  return largest;
}

bool is_apart(double a, double b, double allowed) {
  return a != b && !(std::abs(a - b) <= allowed) && !(std::isnan(a) && std::isnan(b));
}

std::optional<Quantization> Quantization::of(const Node& node) {
  if (!node.is("FakeQuantize") || node.input_count() < 5) return std::nullopt;
  const auto* levels = node.attribute("levels");
  const auto number = levels != nullptr ? parse_number<unsigned>(*levels) : std::nullopt;
  if (!number || *number < 2) return std::nullopt;
  auto ends = range_ends_of(node);
  if (!ends) return std::nullopt;
  return Quantization{std::move(*ends), static_cast<float>(*number - 1)};
}

SmallTensor Quantization::step() const {
  return combined(ends.output_high, ends.output_low,
                  [&](float high, float low) { return std::abs(high - low) / last_step; });
}

Tensor Quantization::off_middle(const Tensor& input) const {
  Tensor result = copy_as_f64(input);
  for_each_with(ends.input_low, result, [](double& x, double low) { x -= low; });
  for_each_with(combined(ends.input_high, ends.input_low, std::minus<>()), result, [&](double& x, double range) {
    const double steps = x / range * last_step;
    x = std::abs(steps - std::floor(steps) - 0.5);
  });
  return result;
}

}  // namespace lpt
