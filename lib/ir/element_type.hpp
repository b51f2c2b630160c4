#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lpt {

/// Every element type of IR versions 10 and 11.
enum class ElementType : std::uint8_t {
  dynamic,
  boolean,
  bf16,
  f16,
  f32,
  f64,
  i4,
  i8,
  i16,
  i32,
  i64,
  u1,
  u2,
  u3,
  u4,
  u6,
  u8,
  u16,
  u32,
  u64,
  nf4,
  f4e2m1,
  f8e4m3,
  f8e5m2,
  f8e8m0,
  string,
};

/// The spelling in `data` ("f32"), and in the text form.
std::string_view name(ElementType type);

/// The spelling in a port ("FP32").
std::string_view port_name(ElementType type);

/// Bits of one element; 0 for dynamic and string, which have no fixed size.
unsigned bits(ElementType type);

/// empty  if `data` may not spell a type like this
std::optional<ElementType> element_type(std::string_view data_spelling);

/// empty  if a port may not spell a type like this; both spellings and some older ones are legal there
std::optional<ElementType> port_element_type(std::string_view port_spelling);

/// f16, bf16, f32, f64
bool is_real(ElementType type);

/// Those of 16 bits.
bool is_half(ElementType type);

/// Whole integers with a sign: i4 ... i64.
bool is_signed_integer(ElementType type);

/// Any integer, packed ones and those without a sign included; boolean is not one.
bool is_integer(ElementType type);

/// The least and the largest number that a type of integers of at most 32 bits holds; of wider types the nearest of f64.
struct IntegerRange {
  double low, high;
  bool holds(double value) const { return value >= low && value <= high; }
};
IntegerRange integer_range(ElementType type);

/// Bytes that `elements` take in a weights file, packed types in whole groups (u3 by 8 elements, u6 by 4).
/// empty   if the count does not fit 63 bits, or the type has no fixed size
/// source  OpenVINO's reader and serializer, measured
std::optional<std::uint64_t> byte_count(ElementType type, std::uint64_t elements);

}  // namespace lpt
