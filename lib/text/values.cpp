#include "text/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "ir/number.hpp"
#include "tensor/rounding.hpp"

namespace lpt {
namespace {

/// Calls `use` with a zero of the type that holds an element of 8 bits or more; false if there is none.
template <class Use>
bool with_type(ElementType type, Use&& use) {
  switch (type) {
    case ElementType::boolean:
    case ElementType::u8: return use(std::uint8_t{}), true;
    case ElementType::i8: return use(std::int8_t{}), true;
    case ElementType::i16: return use(std::int16_t{}), true;
    case ElementType::u16: return use(std::uint16_t{}), true;
    case ElementType::i32: return use(std::int32_t{}), true;
    case ElementType::u32: return use(std::uint32_t{}), true;
    case ElementType::i64: return use(std::int64_t{}), true;
    case ElementType::u64: return use(std::uint64_t{}), true;
    case ElementType::f32: return use(float{}), true;
    case ElementType::f64: return use(double{}), true;
    default: return false;
  }
}

bool is_nibble(ElementType type) { return type == ElementType::i4 || type == ElementType::u4; }

std::string in_hex(const Blob& blob, std::uint64_t most) {
  std::string text = "0x";
  const auto shown = std::min(blob.size(), most);
  std::vector<std::byte> bytes(shown);
  blob.read(0, bytes);
  for (const auto b : bytes) text += fmt::format("{:02X}", static_cast<unsigned>(b));
  return text + (shown < blob.size() ? "..." : "");
}

std::string print_element(ElementType type, std::span<const std::byte> bytes, std::uint64_t index) {
  if (is_nibble(type)) {
    const auto code = static_cast<int>(bytes[index / 2]) >> (index % 2 * 4) & 0xF;
    return fmt::format("{}", type == ElementType::i4 && code > 7 ? code - 16 : code);
  }
  if (is_half(type)) {
    float value = 0;
    read_as_f32(type, bytes.subspan(index * 2, 2), std::span(&value, 1));
    return fmt::format("{}", value);
  }
  std::string text;
  with_type(type, [&](auto value) {
    std::memcpy(&value, bytes.data() + index * sizeof value, sizeof value);
    text = fmt::format("{}", value);
  });
  return text;
}

template <class T>
std::optional<T> parse_one(std::string_view text) {
  if constexpr (std::is_floating_point_v<T>) {
    return parse_real<T>(text);
  } else {
    return parse_number<T>(text);
  }
}

std::optional<std::vector<std::byte>> parse_hex(std::string_view text) {
  std::vector<std::byte> bytes;
  if (text.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 2; i < text.size(); i += 2) {
    unsigned value = 0;
    if (std::from_chars(text.data() + i, text.data() + i + 2, value, 16).ptr != text.data() + i + 2)
      return std::nullopt;
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

std::optional<std::vector<std::byte>> parse_nibbles(ElementType type, const std::vector<std::string_view>& items) {
  std::vector<std::byte> bytes((items.size() + 1) / 2);
  const int least = type == ElementType::i4 ? -8 : 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto value = parse_number<int>(items[i]);
    if (!value || *value < least || *value > least + 15) return std::nullopt;
    bytes[i / 2] |= static_cast<std::byte>((*value & 0xF) << (i % 2 * 4));
  }
  return bytes;
}

}  // namespace

std::string print_values(ElementType type, const Blob& blob, std::uint64_t elements, std::uint64_t most) {
  if (!is_nibble(type) && !is_half(type) && !with_type(type, [](auto) {})) return in_hex(blob, most);
  const auto shown = std::min(elements, most);
  std::vector<std::byte> bytes(*byte_count(type, shown));
  blob.read(0, bytes);
  std::string text;
  for (std::uint64_t i = 0; i < shown; ++i) text += (i == 0 ? "" : ",") + print_element(type, bytes, i);
  if (shown < elements) text += ",...";
  return elements == 1 ? text : "[" + text + "]";
}

std::optional<std::vector<std::byte>> parse_values(ElementType type, const std::vector<std::string_view>& items) {
  if (items.size() == 1 && items[0].substr(0, 2) == "0x") return parse_hex(items[0]);
  if (is_nibble(type)) return parse_nibbles(type, items);
  std::vector<std::byte> bytes;
  bool good = true;
  if (is_half(type)) {
    std::vector<float> values;
    for (const auto item : items) {
      const auto value = parse_one<float>(item);
      good = good && value;
      if (good) values.push_back(round_as(type, *value));
    }
    bytes.resize(values.size() * 2);
    write_as(type, values, bytes);
  } else {
    const bool known = with_type(type, [&](auto zero) {
      for (const auto item : items) {
        const auto value = parse_one<decltype(zero)>(item);
        good = good && value;
        if (!good) return;
        const auto* raw = reinterpret_cast<const std::byte*>(&*value);
        bytes.insert(bytes.end(), raw, raw + sizeof zero);
      }
    });
    good = good && known;
  }
  if (!good) return std::nullopt;
  return bytes;
}

}  // namespace lpt
