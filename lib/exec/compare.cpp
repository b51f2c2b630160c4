#include "exec/compare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "tensor/convert.hpp"

namespace lpt {
namespace {

double agreement_of_arg_max(const double* a, const double* b, std::int64_t rows, std::int64_t width) {
  if (rows == 0 || width == 0) return 1;
  std::int64_t agreeing = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto place = [&](const double* x) {
      return std::max_element(x + row * width, x + (row + 1) * width) - (x + row * width);
    };
    agreeing += place(a) == place(b);
  }
  return static_cast<double>(agreeing) / static_cast<double>(rows);
}

}  // namespace

Distance distance(const Tensor& right, const Tensor& other) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  Distance result;
  if (right.lengths() != other.lengths()) {
    result.same_shape = false;
    return result;
  }
  const Tensor x = convert(right, ElementType::f64);
  const Tensor y = convert(other, ElementType::f64);
  const double* a = x.data<double>();
  const double* b = y.data<double>();
  double largest = 0, signal = 0, noise = 0, other_signal = 0, product = 0;
  for (std::int64_t i = 0; i < x.count(); ++i) {
    const bool same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
    const double difference = same ? 0 : std::abs(a[i] - b[i]);
    result.max_abs = std::max(result.max_abs, std::isnan(difference) ? kInfinite : difference);
    noise += std::isnan(difference) ? kInfinite : difference * difference;
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) continue;
    largest = std::max(largest, std::abs(a[i]));
    signal += a[i] * a[i];
    other_signal += b[i] * b[i];
    product += a[i] * b[i];
  }
  result.max_rel = result.max_abs == 0 ? 0 : result.max_abs / largest;
  result.sqnr_db = noise == 0 ? kInfinite : 10 * std::log10(signal / noise);
  const double lengths = std::sqrt(signal) * std::sqrt(other_signal);
  result.cosine = noise == 0 ? 1 : lengths == 0 ? 0 : product / lengths;
  const auto width = x.rank() == 0 ? 1 : x.lengths().back();
  result.arg_max = agreement_of_arg_max(a, b, width == 0 ? 0 : x.count() / width, width);
  return result;
}

bool within(const Distance& distance, double tolerance) { return distance.same_shape && distance.max_rel <= tolerance; }

std::vector<std::string> output_names(const std::vector<ModelPort>& ports) {
  std::vector<std::string> names;
  std::set<std::string> used;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    auto name = ports[i].name.empty() ? fmt::format("output_{}", i) : ports[i].name;
    if (used.contains(name)) name = fmt::format("output_{}", i);
    while (!used.insert(name).second) name += '_';
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace lpt
