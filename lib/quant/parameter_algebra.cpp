#include "quant/parameter_algebra.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "ir/error.hpp"
#include "tensor/strided.hpp"

namespace lpt {
namespace {

/// The elements with one index along an axis are the same for all indices.
bool constant_along(const SmallTensor& tensor, std::size_t axis) {
  const auto lengths = lengths_of(tensor.shape);
  const auto inner = product(lengths, axis + 1, lengths.size());
  const float* values = tensor.values.data();
  for (std::int64_t i = 0, count = product(lengths); i < count; ++i) {
    if (values[i] != values[i - i / inner % lengths[axis] * inner]) return false;
  }
  return true;
}

}  // namespace

SmallTensor scalar(float value) { return {Shape(), {value}}; }

bool is_uniform(const SmallTensor& tensor) {
  return std::all_of(tensor.values.begin(), tensor.values.end(), [&](float v) { return v == tensor.values.front(); });
}

bool is_finite(const SmallTensor& tensor) {
  return std::all_of(tensor.values.begin(), tensor.values.end(), [](float v) { return std::isfinite(v); });
}

bool is_whole(const SmallTensor& tensor) {
  return std::all_of(tensor.values.begin(), tensor.values.end(), [](float v) { return v == std::nearbyint(v); });
}

SmallTensor collapsed(SmallTensor tensor) {
  return !tensor.values.empty() && is_uniform(tensor) ? scalar(tensor.values.front()) : std::move(tensor);
}

SmallTensor aligned(SmallTensor tensor, std::size_t rank) {
  auto dimensions = tensor.shape.dimensions();
  if (dimensions.size() < rank) dimensions.insert(dimensions.begin(), rank - dimensions.size(), Dimension::exactly(1));
  tensor.shape = Shape(std::move(dimensions));
  return tensor;
}

std::vector<std::size_t> wide_axes(const SmallTensor& tensor) {
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < tensor.shape.rank(); ++i) {
    if (tensor.shape[i].min > 1) axes.push_back(i);
  }
  return axes;
}

bool varies_only_along(const SmallTensor& tensor, std::span<const std::size_t> axes, std::size_t rank) {
  return tensor.shape.rank() <= rank && std::ranges::all_of(wide_axes(aligned(tensor, rank)), [&](std::size_t axis) {
           return std::ranges::find(axes, axis) != axes.end();
         });
}

SmallTensor combined(const SmallTensor& a, const SmallTensor& b, const std::function<float(float, float)>& f) {
  const auto common = broadcast(a.shape, b.shape);
  if (!common) throw internal_error("parameters of shape [{}] and [{}] meet", a.shape.to_string(), b.shape.to_string());
  const Shape& shape = *common;
  SmallTensor result = a.broadcast_to(shape);
  const auto other = b.broadcast_to(shape).values;
  for (std::size_t i = 0; i < other.size(); ++i) result.values[i] = f(result.values[i], other[i]);
  return result;
}

SmallTensor mapped(SmallTensor tensor, const std::function<float(float)>& f) {
  std::transform(tensor.values.begin(), tensor.values.end(), tensor.values.begin(), f);
  return tensor;
}

SmallTensor permuted(const SmallTensor& tensor, std::span<const std::size_t> order) {
  const auto lengths = lengths_of(tensor.shape), strides = strides_of(lengths);
  Lengths target, steps;
  for (const auto axis : order) {
    target.push_back(lengths[axis]);
    steps.push_back(strides[axis]);
  }
  SmallTensor result{shape_of(target), {}};
  for (std::int64_t i = 0, count = product(target); i < count; ++i) {
    std::int64_t rest = i, source = 0;
    for (std::size_t axis = order.size(); axis-- > 0;) {
      source += rest % target[axis] * steps[axis];
      rest /= target[axis];
    }
    result.values.push_back(tensor.values.data()[source]);
  }
  return result;
}

SmallTensor gathered(const SmallTensor& tensor, std::size_t axis, std::span<const std::size_t> indices) {
  auto lengths = lengths_of(tensor.shape);
  const auto inner = product(lengths, axis + 1, lengths.size());
  const auto outer = product(lengths, 0, axis);
  SmallTensor result;
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const auto index : indices) {
      const auto* first = tensor.values.data() + (o * lengths[axis] + static_cast<std::int64_t>(index)) * inner;
      result.values.insert(result.values.end(), first, first + inner);
    }
  }
  lengths[axis] = static_cast<std::int64_t>(indices.size());
  result.shape = shape_of(lengths);
  return result;
}

SmallTensor concatenated(std::span<const SmallTensor> tensors, std::size_t axis, std::span<const std::size_t> lengths) {
  // All axes but this one as long as the longest of the parts.
  Lengths whole = lengths_of(tensors[0].shape);
  for (const auto& tensor : tensors) {
    for (std::size_t i = 0; i < whole.size(); ++i) whole[i] = std::max(whole[i], tensor.shape[i].min);
  }
  std::vector<std::vector<float>> parts;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    whole[axis] = static_cast<std::int64_t>(lengths[i]);
    parts.push_back(tensors[i].broadcast_to(shape_of(whole)).values);
  }
  SmallTensor result;
  const auto outer = product(whole, 0, axis);
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const auto& part : parts) {
      const auto size = static_cast<std::int64_t>(part.size()) / outer;
      result.values.insert(result.values.end(), part.begin() + o * size, part.begin() + (o + 1) * size);
    }
  }
  whole[axis] = static_cast<std::int64_t>(std::accumulate(lengths.begin(), lengths.end(), std::size_t{0}));
  result.shape = shape_of(whole);
  return result;
}

SmallTensor reshaped(SmallTensor tensor, Shape shape) {
  tensor.shape = std::move(shape);
  return tensor;
}

std::optional<SmallTensor> reshaped_with_data(const SmallTensor& tensor, const Shape& from, const Shape& to) {
  const auto all = from.element_count();
  if (!all || *all == 0 || all != to.element_count()) return std::nullopt;
  const auto before = lengths_of(from), after = lengths_of(to);
  SmallTensor result = aligned(tensor, before.size());
  const auto narrow = lengths_of(result.shape);
  // First each group of axes by itself: where the parameter varies it is repeated to the group's full length.
  Lengths full, target;
  std::size_t i = 0, k = 0;
  while (i < before.size() || k < after.size()) {
    const auto first_i = i, first_k = k;
    std::int64_t left = i < before.size() ? before[i++] : 1, right = k < after.size() ? after[k++] : 1;
    while (left != right) (left < right ? left : right) *= left < right ? before[i++] : after[k++];
    const bool varies = product(narrow, first_i, i) != 1;
    for (auto axis = first_i; axis < i; ++axis) full.push_back(varies ? before[axis] : 1);
    for (auto axis = first_k; axis < k; ++axis) target.push_back(varies ? after[axis] : 1);
  }
  result = reshaped(result.broadcast_to(shape_of(full)), shape_of(target));
  for (const auto axis : wide_axes(result)) {
    if (constant_along(result, axis)) result = gathered(result, axis, std::vector<std::size_t>{0});
  }
  return result;
}

}  // namespace lpt
