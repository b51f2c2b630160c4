#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lpt {

/// One dimension of a tensor: a length, or the range in which it will lie.
struct Dimension {
  static constexpr std::int64_t kUnbounded = std::numeric_limits<std::int64_t>::max();

  std::int64_t min = 0;
  std::int64_t max = kUnbounded;

  static Dimension exactly(std::int64_t length) { return {length, length}; }
  bool is_static() const { return min == max; }
  /// False if no length satisfies both.
  bool compatible(Dimension other) const { return min <= other.max && other.min <= max; }
  bool operator==(const Dimension&) const = default;
};

/// The shape of a tensor: rank unknown, or a list of dimensions, each static, ranged or unknown.
class Shape {
 public:
  /// A scalar.
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> lengths);
  explicit Shape(std::vector<Dimension> dimensions) : dimensions_(std::move(dimensions)) {}
  static Shape of_unknown_rank();

  /// The text of a Parameter: "..." (unknown rank), "" (scalar), "1,?,2..5,..8,3..", with or without brackets.
  /// empty  if text is no such list, or a range is reversed or does not fit 63 bits
  static std::optional<Shape> parse(std::string_view text);

  bool has_rank() const { return has_rank_; }
  std::size_t rank() const { return dimensions_.size(); }
  const std::vector<Dimension>& dimensions() const { return dimensions_; }
  Dimension operator[](std::size_t axis) const { return dimensions_[axis]; }
  bool is_static() const;

  /// Number of elements; empty if the shape is not static or the number does not fit 63 bits.
  std::optional<std::uint64_t> element_count() const;

  /// False if no tensor has both shapes.
  bool compatible(const Shape& other) const;

  /// What `parse` reads: "1,3,?,2..5".
  std::string to_string() const;

  bool operator==(const Shape&) const = default;

 private:
  std::vector<Dimension> dimensions_;
  bool has_rank_ = true;
};

/// The shape of an element-wise operation by numpy's rule: aligned on the right, lengths of 1 repeat.
/// empty  if two lengths differ and neither is 1
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

/// True if `from` can be repeated to exactly `to`: no dimension of `to` grows.
bool broadcasts_to(const Shape& from, const Shape& to);

}  // namespace lpt
