#include "ops/indexed.hpp"

#include "tensor/strided.hpp"

namespace lpt {

void expect_inside(const Lengths& indices, const Lengths& data, std::size_t axis) {
  bool inside = indices.size() == data.size();
  for (std::size_t i = 0; inside && i < data.size(); ++i) inside = i == axis || indices[i] <= data[i];
  if (!inside) {
    throw LayerError("its indices [{}] do not lie inside of [{}] along the axes other than {}", to_string(indices),
                     to_string(data), axis);
  }
}

std::int64_t checked_index(std::int64_t index, std::int64_t length) {
  const auto from_start = index < 0 ? index + length : index;
  if (from_start < 0 || from_start >= length) throw LayerError("index {} is outside of an axis of {}", index, length);
  return from_start;
}

Lengths places_along(const Lengths& data, const Lengths& lengths, const std::vector<std::int64_t>& indices,
                     std::size_t axis) {
  const auto strides = strides_of(data);
  Lengths places(indices.size());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    std::int64_t at = 0;
    for (std::size_t k = lengths.size(); k-- > 0;) {
      at += (k == axis ? checked_index(indices[i], data[axis]) : rest % lengths[k]) * strides[k];
      rest /= lengths[k];
    }
    places[i] = at;
  }
  return places;
}

Lengths places_of_tuples(const Lengths& data, const Lengths& lengths, const std::vector<std::int64_t>& indices,
                         std::size_t batch) {
  const auto width = lengths.back();
  const auto strides = strides_of(data);
  const auto in_batch = product(lengths, batch, lengths.size() - 1);
  const auto batch_size = product(data, batch, data.size());
  const auto tuples = product(lengths, 0, lengths.size() - 1);
  Lengths places(static_cast<std::size_t>(tuples));
  for (std::int64_t i = 0; i < tuples; ++i) {
    std::int64_t at = i / in_batch * batch_size;
    for (std::int64_t k = 0; k < width; ++k) {
      const auto axis = batch + static_cast<std::size_t>(k);
      at += checked_index(indices[static_cast<std::size_t>(i * width + k)], data[axis]) * strides[axis];
    }
    places[static_cast<std::size_t>(i)] = at;
  }
  return places;
}

Reduction reduction(const Node& node) {
  return static_cast<Reduction>(
      enumeration_attribute(node, "reduction", {"none", "sum", "sub", "prod", "min", "max", "mean"}, 0));
}

void expect_reducible(Reduction reduction, ElementType type) {
  if (reduction != Reduction::none && !is_number(type))
    throw LayerError("its reduction cannot be applied to {}", name(type));
}

}  // namespace lpt
