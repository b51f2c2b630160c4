#include "quant/parameter_algebra.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "ir/error.hpp"

namespace lpt {
namespace {

std::size_t length(const Shape& shape, std::size_t axis) { return static_cast<std::size_t>(shape[axis].min); }

Shape shape_of(std::span<const std::size_t> lengths) {
  std::vector<Dimension> dimensions;
  for (const auto l : lengths) dimensions.push_back(Dimension::exactly(static_cast<std::int64_t>(l)));
  return Shape(std::move(dimensions));
}

std::vector<std::size_t> lengths_of(const Shape& shape) {
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < shape.rank(); ++i) lengths.push_back(length(shape, i));
  return lengths;
}

std::size_t count_of(std::span<const std::size_t> lengths, std::size_t first, std::size_t last) {
  return std::accumulate(lengths.begin() + static_cast<std::ptrdiff_t>(first),
                         lengths.begin() + static_cast<std::ptrdiff_t>(last), std::size_t{1}, std::multiplies<>());
}

/// The elements with one index along an axis are the same for all indices.
bool constant_along(const SmallTensor& tensor, std::size_t axis) {
  const auto lengths = lengths_of(tensor.shape);
  const auto inner = count_of(lengths, axis + 1, lengths.size());
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    const auto place = i / inner % lengths[axis];
    if (tensor.values[i] != tensor.values[i - place * inner]) return false;
  }
  return true;
}

}  // namespace

SmallTensor scalar(float value) { return {Shape(), {value}}; }

bool is_uniform(const SmallTensor& tensor) {
  return std::all_of(tensor.values.begin(), tensor.values.end(), [&](float v) { return v == tensor.values.front(); });
}

SmallTensor collapsed(SmallTensor tensor) {
  return !tensor.values.empty() && is_uniform(tensor) ? scalar(tensor.values.front()) : std::move(tensor);
}

SmallTensor aligned(SmallTensor tensor, std::size_t rank) {
  std::vector<Dimension> dimensions(rank - std::min(rank, tensor.shape.rank()), Dimension::exactly(1));
  dimensions.insert(dimensions.end(), tensor.shape.dimensions().begin(), tensor.shape.dimensions().end());
  tensor.shape = Shape(std::move(dimensions));
  return tensor;
}

std::vector<std::size_t> wide_axes(const SmallTensor& tensor) {
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < tensor.shape.rank(); ++i) {
    if (length(tensor.shape, i) != 1) axes.push_back(i);
  }
  return axes;
}

bool varies_only_along(const SmallTensor& tensor, std::size_t axis, std::size_t rank) {
  if (tensor.shape.rank() > rank) return false;
  const auto axes = wide_axes(aligned(tensor, rank));
  return std::all_of(axes.begin(), axes.end(), [&](std::size_t a) { return a == axis; });
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
  const auto lengths = lengths_of(tensor.shape);
  std::vector<std::size_t> target;
  for (const auto axis : order) target.push_back(lengths[axis]);
  SmallTensor result{shape_of(target), std::vector<float>(tensor.values.size())};
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    std::size_t rest = i, source = 0;
    for (std::size_t axis = order.size(); axis-- > 0;) {
      source += rest % target[axis] * count_of(lengths, order[axis] + 1, lengths.size());
      rest /= target[axis];
    }
    result.values[i] = tensor.values[source];
  }
  return result;
}

SmallTensor gathered(const SmallTensor& tensor, std::size_t axis, std::span<const std::size_t> indices) {
  auto lengths = lengths_of(tensor.shape);
  const auto inner = count_of(lengths, axis + 1, lengths.size());
  const auto outer = count_of(lengths, 0, axis);
  SmallTensor result;
  for (std::size_t o = 0; o < outer; ++o) {
    for (const auto index : indices) {
      const auto* first = tensor.values.data() + (o * lengths[axis] + index) * inner;
      result.values.insert(result.values.end(), first, first + inner);
    }
  }
  lengths[axis] = indices.size();
  result.shape = shape_of(lengths);
  return result;
}

SmallTensor concatenated(std::span<const SmallTensor> tensors, std::size_t axis, std::span<const std::size_t> lengths) {
  // All axes but this one as long as the longest of the parts.
  std::vector<std::size_t> whole = lengths_of(tensors[0].shape);
  for (const auto& tensor : tensors) {
    for (std::size_t i = 0; i < whole.size(); ++i) whole[i] = std::max(whole[i], length(tensor.shape, i));
  }
  const auto outer = count_of(whole, 0, axis);
  const auto inner = count_of(whole, axis + 1, whole.size());
  std::vector<std::vector<float>> parts;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    whole[axis] = lengths[i];
    parts.push_back(tensors[i].broadcast_to(shape_of(whole)).values);
  }
  SmallTensor result;
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto* first = parts[i].data() + o * lengths[i] * inner;
      result.values.insert(result.values.end(), first, first + lengths[i] * inner);
    }
  }
  whole[axis] = std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
  result.shape = shape_of(whole);
  return result;
}

SmallTensor reshaped(SmallTensor tensor, Shape shape) {
  tensor.shape = std::move(shape);
  return tensor;
}

std::optional<SmallTensor> reshaped_with_data(const SmallTensor& tensor, const Shape& from, const Shape& to) {
  const auto before = lengths_of(from), after = lengths_of(to);
  const auto all = count_of(before, 0, before.size());
  if (all == 0 || all != count_of(after, 0, after.size())) return std::nullopt;
  SmallTensor result = aligned(tensor, before.size());
  const auto narrow = lengths_of(result.shape);
  // First each group of axes by itself: where the parameter varies it is repeated to the group's full length.
  std::vector<std::size_t> full, target;
  std::size_t i = 0, k = 0;
  while (i < before.size() || k < after.size()) {
    const auto first_i = i, first_k = k;
    std::size_t left = i < before.size() ? before[i++] : 1, right = k < after.size() ? after[k++] : 1;
    while (left != right) (left < right ? left : right) *= left < right ? before[i++] : after[k++];
    const bool varies = std::any_of(narrow.begin() + static_cast<std::ptrdiff_t>(first_i),
                                    narrow.begin() + static_cast<std::ptrdiff_t>(i), [](auto l) { return l != 1; });
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
