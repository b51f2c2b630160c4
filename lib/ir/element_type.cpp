#include "ir/element_type.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string>

#include "ir/number.hpp"

namespace lpt {
namespace {

struct Row {
  ElementType type;
  std::string_view name, port;
  unsigned bits;
};

// In the order of the enumeration.
constexpr std::array<Row, 26> kTypes{{
    {ElementType::dynamic, "dynamic", "UNSPECIFIED", 0},
    {ElementType::boolean, "boolean", "BOOL", 8},
    {ElementType::bf16, "bf16", "BF16", 16},
    {ElementType::f16, "f16", "FP16", 16},
    {ElementType::f32, "f32", "FP32", 32},
    {ElementType::f64, "f64", "FP64", 64},
    {ElementType::i4, "i4", "I4", 4},
    {ElementType::i8, "i8", "I8", 8},
    {ElementType::i16, "i16", "I16", 16},
    {ElementType::i32, "i32", "I32", 32},
    {ElementType::i64, "i64", "I64", 64},
    {ElementType::u1, "u1", "BIN", 1},
    {ElementType::u2, "u2", "U2", 2},
    {ElementType::u3, "u3", "U3", 3},
    {ElementType::u4, "u4", "U4", 4},
    {ElementType::u6, "u6", "U6", 6},
    {ElementType::u8, "u8", "U8", 8},
    {ElementType::u16, "u16", "U16", 16},
    {ElementType::u32, "u32", "U32", 32},
    {ElementType::u64, "u64", "U64", 64},
    {ElementType::nf4, "nf4", "NF4", 4},
    {ElementType::f4e2m1, "f4e2m1", "F4E2M1", 4},
    {ElementType::f8e4m3, "f8e4m3", "F8E4M3", 8},
    {ElementType::f8e5m2, "f8e5m2", "F8E5M2", 8},
    {ElementType::f8e8m0, "f8e8m0", "F8E8M0", 8},
    {ElementType::string, "string", "STRING", 0},
}};

const Row& row(ElementType type) { return kTypes[static_cast<std::size_t>(type)]; }

template <class Match>
std::optional<ElementType> find(Match&& match) {
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(), match);
  if (found == kTypes.end()) return std::nullopt;
  return found->type;
}

}  // namespace

std::string_view name(ElementType type) { return row(type).name; }
std::string_view port_name(ElementType type) { return row(type).port; }
unsigned bits(ElementType type) { return row(type).bits; }

std::optional<ElementType> element_type(std::string_view spelling) {
  if (spelling == "f32") return ElementType::f32;
  if (spelling == "undefined") return ElementType::dynamic;
  // OpenVINO takes any case here ("I8"), though never the spelling of ports ("FP32").
  std::string lower(spelling);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return find([&](const Row& r) { return r.name == lower; });
}

std::optional<ElementType> port_element_type(std::string_view spelling) {
  if (spelling == "FP32") return ElementType::f32;
  if (spelling == "undefined") return ElementType::dynamic;
  if (spelling == "bin" || spelling == "U1") return ElementType::u1;
  return find([&](const Row& r) { return r.port == spelling || r.name == spelling; });
}

bool is_real(ElementType type) {
  return type == ElementType::f32 || type == ElementType::f16 || type == ElementType::bf16 || type == ElementType::f64;
}

bool is_half(ElementType type) { return type == ElementType::f16 || type == ElementType::bf16; }

bool is_signed_integer(ElementType type) { return type >= ElementType::i4 && type <= ElementType::i64; }

bool is_integer(ElementType type) { return type >= ElementType::i4 && type <= ElementType::u64; }

IntegerRange integer_range(ElementType type) {
  const double span = std::ldexp(1.0, static_cast<int>(bits(type)));
  const double low = is_signed_integer(type) ? -span / 2 : 0;
  return {low, low + span - 1};
}

std::optional<std::uint64_t> byte_count(ElementType type, std::uint64_t elements) {
  if (bits(type) == 0) return std::nullopt;
  if (type == ElementType::u3) return checked_product(elements / 8 + (elements % 8 != 0), 3);
  if (type == ElementType::u6) return checked_product(elements / 4 + (elements % 4 != 0), 3);
  const auto total = checked_product(elements, bits(type));
  if (!total) return std::nullopt;
  return *total / 8 + (*total % 8 != 0);
}

}  // namespace lpt
