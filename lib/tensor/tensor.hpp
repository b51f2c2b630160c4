#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "ir/element_type.hpp"
#include "ir/shape.hpp"

namespace lpt {

/// The lengths of a tensor's axes, outermost first; empty for a scalar.
using Lengths = std::vector<std::int64_t>;

/// "1,3,8,8".
std::string to_string(const Lengths& lengths);

/// The lengths of a static shape, and the other way.
Lengths lengths_of(const Shape& shape);
Shape shape_of(const Lengths& lengths);

/// Product of lengths first ... last-1, which must fit 63 bits.
std::int64_t product(const Lengths& lengths, std::size_t first, std::size_t last);
inline std::int64_t product(const Lengths& lengths) { return product(lengths, 0, lengths.size()); }

/// Bytes of the elements of a static shape; empty if they do not fit the memory of this machine.
std::optional<std::uint64_t> bytes_of(ElementType type, const Shape& shape);

/// A tensor that does not fit the memory of this machine.
class TooLarge : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Elements of one type in row-major order. Copies share the elements, which the one who made the tensor fills once and
/// nobody changes afterwards. Booleans take a byte each; types of less than 8 bits are packed as in a weights file.
class Tensor {
 public:
  Tensor() = default;
  /// Elements are not initialized, and aligned to 64 bytes. throws  TooLarge
  Tensor(ElementType type, Lengths lengths);

  ElementType type() const { return type_; }
  const Lengths& lengths() const { return lengths_; }
  std::size_t rank() const { return lengths_.size(); }
  std::int64_t count() const { return count_; }
  std::size_t byte_count() const { return byte_count_; }
  /// False for one that was made without a type, and for one whose elements were given away.
  explicit operator bool() const { return bytes_ != nullptr; }

  std::byte* bytes() { return bytes_.get(); }
  const std::byte* bytes() const { return bytes_.get(); }
  /// T must be the C++ type of `type()`; see visit_type.
  template <class T>
  T* data() {
    return reinterpret_cast<T*>(bytes_.get());
  }
  template <class T>
  const T* data() const {
    return reinterpret_cast<const T*>(bytes_.get());
  }

  /// The same elements under other lengths of the same product.
  Tensor reshaped(Lengths lengths) const;
  /// The same bytes as elements of another type of as many bits.
  Tensor seen_as(ElementType type) const;
  /// True if no copy shares the elements, so that the owner may write over them.
  bool is_sole_owner() const { return bytes_.use_count() == 1; }

 private:
  std::shared_ptr<std::byte> bytes_;
  Lengths lengths_;
  std::int64_t count_ = 0;
  std::size_t byte_count_ = 0;
  ElementType type_ = ElementType::dynamic;
};

}  // namespace lpt
