#include "tensor/tensor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <new>

#include "ir/error.hpp"
#include "tensor/memory.hpp"

namespace lpt {

std::string to_string(const Lengths& lengths) { return fmt::format("{}", fmt::join(lengths, ",")); }

Lengths lengths_of(const Shape& shape) {
  Lengths lengths;
  lengths.reserve(shape.rank());
  for (const auto d : shape.dimensions()) lengths.push_back(d.min);
  return lengths;
}

Shape shape_of(const Lengths& lengths) {
  std::vector<Dimension> dimensions;
  dimensions.reserve(lengths.size());
  for (const auto length : lengths) dimensions.push_back(Dimension::exactly(length));
  return Shape(std::move(dimensions));
}

std::int64_t product(const Lengths& lengths, std::size_t first, std::size_t last) {
  std::uint64_t result = 1;  // which may wrap on the way to a length of 0
  for (std::size_t i = first; i < last; ++i) result *= static_cast<std::uint64_t>(lengths[i]);
  return static_cast<std::int64_t>(result);
}

std::optional<std::uint64_t> bytes_of(ElementType type, const Shape& shape) {
  static const auto machine =
      static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const auto count = shape.element_count();
  const auto size = count ? byte_count(type, *count) : std::nullopt;
  return size && *size <= machine ? size : std::nullopt;
}

Tensor::Tensor(ElementType type, Lengths lengths) : lengths_(std::move(lengths)), type_(type) {
  const auto size = bytes_of(type, shape_of(lengths_));
  if (!size)
    throw TooLarge(fmt::format("[{}] of {} does not fit the memory of this machine", to_string(lengths_), name(type)));
  count_ = product(lengths_);
  byte_count_ = *size;
  try {
    bytes_ = allocate(byte_count_);
  } catch (const std::bad_alloc&) {
    throw TooLarge(fmt::format("[{}] of {} does not fit the free memory", to_string(lengths_), name(type)));
  }
}

Tensor Tensor::reshaped(Lengths lengths) const {
  if (product(lengths) != count_)
    throw internal_error("[{}] cannot be seen as [{}]", to_string(lengths_), to_string(lengths));
  Tensor result = *this;
  result.lengths_ = std::move(lengths);
  return result;
}

Tensor Tensor::seen_as(ElementType type) const {
  if (bits(type) != bits(type_)) throw internal_error("{} cannot be seen as {}", name(type_), name(type));
  Tensor result = *this;
  result.type_ = type;
  return result;
}

}  // namespace lpt
