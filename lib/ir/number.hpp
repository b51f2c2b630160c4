#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace lpt {

/// The blanks that OpenVINO skips around a number or a list item.
inline std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// A whole decimal number and nothing else; blanks and one '+' in front are allowed, because OpenVINO allows them.
/// empty  if text is anything else or the number does not fit T
template <class T = std::int64_t>
std::optional<T> parse_number(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// A real number in decimal and nothing else; one '+' in front is allowed.
/// empty  if text is anything else or the number does not fit T
template <class T = double>
std::optional<T> parse_real(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A label or length of the file format: 0 ... 2^63-1.
inline std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  const auto value = parse_number<std::uint64_t>(text);
  if (!value || *value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return value;
}

/// empty  if the product does not fit 63 bits
inline std::optional<std::uint64_t> checked_product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product) || product >> 63 != 0) return std::nullopt;
  return product;
}

/// A list without the one comma that OpenVINO allows behind the last item.
inline std::string_view without_last_comma(std::string_view list) {
  list = trim(list);
  if (!list.empty() && list.back() == ',') list.remove_suffix(1);
  return list;
}

/// Calls `item` with each trimmed piece of a comma-separated list; an empty text has no pieces.
template <class Item>
void for_each_item(std::string_view list, Item&& item) {
  if (trim(list).empty()) return;
  for (;;) {
    const auto comma = list.find(',');
    item(trim(list.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace lpt
