#include "quant/constant_bytes.hpp"

#include <algorithm>

#include "quant/parameter_algebra.hpp"
#include "tensor/rounding.hpp"

namespace lpt {

std::uint64_t bytes_in_file(ElementType type, std::initializer_list<std::uint64_t> elements) {
  std::uint64_t bytes = 0;
  for (const auto count : elements) bytes += count <= 1 ? 0 : byte_count(type, count).value_or(0);
  return bytes;
}

std::uint64_t bytes_freed_with(Value value) {
  while (value.has_one_reader()) {
    const Node& node = value.node();
    if (node.constant() != nullptr) return bytes_in_file(value.type(), {value.shape().element_count().value_or(0)});
    if (node.input_count() == 0) return 0;
    value = node.input(0);
  }
  return 0;
}

bool is_exact_in(ElementType type, const SmallTensor& tensor) {
  if (is_real(type)) return std::ranges::all_of(tensor.values, [&](float v) { return round_as(type, v) == v; });
  const auto range = integer_range(type);
  return is_whole(tensor) && std::ranges::all_of(tensor.values, [&](float v) {
           return v >= static_cast<float>(range.low) && v <= static_cast<float>(range.high);
         });
}

}  // namespace lpt
