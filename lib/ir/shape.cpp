#include "ir/shape.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "ir/number.hpp"

namespace lpt {
namespace {

std::optional<Dimension> parse_dimension(std::string_view text) {
  if (text == "?" || text == "-1") return Dimension{};
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto length = parse_unsigned(text);
    if (!length) return std::nullopt;
    return Dimension::exactly(static_cast<std::int64_t>(*length));
  }
  const auto low = trim(text.substr(0, dots));
  const auto high = trim(text.substr(dots + 2));
  if (low.empty() && high.empty()) return std::nullopt;
  const auto min = low.empty() ? std::optional<std::uint64_t>(0) : parse_unsigned(low);
  const auto max = high.empty() ? std::optional<std::uint64_t>(Dimension::kUnbounded) : parse_unsigned(high);
  if (!min || !max || *min > *max) return std::nullopt;
  return Dimension{static_cast<std::int64_t>(*min), static_cast<std::int64_t>(*max)};
}

std::string to_string(Dimension d) {
  if (d.is_static()) return fmt::format("{}", d.min);
  if (d.max == Dimension::kUnbounded) return d.min == 0 ? "?" : fmt::format("{}..", d.min);
  return d.min == 0 ? fmt::format("..{}", d.max) : fmt::format("{}..{}", d.min, d.max);
}

}  // namespace

Shape::Shape(std::initializer_list<std::int64_t> lengths) {
  for (const auto length : lengths) dimensions_.push_back(length < 0 ? Dimension{} : Dimension::exactly(length));
}

Shape Shape::of_unknown_rank() {
  Shape shape;
  shape.has_rank_ = false;
  return shape;
}

std::optional<Shape> Shape::parse(std::string_view text) {
  text = trim(text);
  if (text == "...") return of_unknown_rank();
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = trim(text.substr(1, text.size() - 2));
  Shape shape;
  bool good = true;
  for_each_item(text, [&](std::string_view item) {
    const auto dimension = parse_dimension(item);
    good = good && dimension;
    if (good) shape.dimensions_.push_back(*dimension);
  });
  if (!good) return std::nullopt;
  return shape;
}

bool Shape::is_static() const {
  return has_rank_ && std::all_of(dimensions_.begin(), dimensions_.end(), [](Dimension d) { return d.is_static(); });
}

std::optional<std::uint64_t> Shape::element_count() const {
  if (!is_static()) return std::nullopt;
  // A length of 0 makes the tensor empty, however large the others multiply.
  if (std::any_of(dimensions_.begin(), dimensions_.end(), [](Dimension d) { return d.max == 0; })) return 0;
  std::optional<std::uint64_t> count = 1;
  for (const auto d : dimensions_) {
    count = checked_product(*count, static_cast<std::uint64_t>(d.min));
    if (!count) return std::nullopt;
  }
  return count;
}

bool Shape::compatible(const Shape& other) const {
  if (!has_rank_ || !other.has_rank_) return true;
  return std::equal(dimensions_.begin(), dimensions_.end(), other.dimensions_.begin(), other.dimensions_.end(),
                    [](Dimension a, Dimension b) { return a.compatible(b); });
}

std::string Shape::to_string() const {
  if (!has_rank_) return "...";
  std::string text;
  for (const auto d : dimensions_) {
    if (!text.empty()) text += ',';
    text += lpt::to_string(d);
  }
  return text;
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  if (!a.has_rank() || !b.has_rank()) return Shape::of_unknown_rank();
  const std::size_t rank = std::max(a.rank(), b.rank());
  const auto at = [rank](const Shape& s, std::size_t axis) {
    return axis + s.rank() < rank ? Dimension::exactly(1) : s[axis + s.rank() - rank];
  };
  std::vector<Dimension> result(rank);
  const auto one = Dimension::exactly(1);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const auto x = at(a, axis);
    const auto y = at(b, axis);
    if (x == one) {
      result[axis] = y;
    } else if (y == one || x == y) {
      result[axis] = x;
    } else if (x.is_static() && y.is_static()) {
      return std::nullopt;
    } else if (x.min > 1 || y.min > 1) {
      // The one that is surely longer than 1 decides.
      const auto& sure = x.min > 1 ? x : y;
      const auto& other = x.min > 1 ? y : x;
      if (!sure.compatible(other) && !one.compatible(other)) return std::nullopt;
      result[axis] = sure;
    } else {
      result[axis] = Dimension{std::max(x.min, y.min), std::max(x.max, y.max)};
    }
  }
  return Shape(std::move(result));
}

bool broadcasts_to(const Shape& from, const Shape& to) {
  const auto result = broadcast(from, to);
  return result && *result == to;
}

}  // namespace lpt
