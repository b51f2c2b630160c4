#include "tensor/rounding.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "ir/error.hpp"
#include "tensor/kernels.hpp"

namespace lpt {
namespace {

/// The upper half of an f32.
struct BFloat16 {
  std::uint16_t bits = 0;

  BFloat16() = default;
  explicit BFloat16(float value) {
    const auto whole = std::bit_cast<std::uint32_t>(value);
    bits = static_cast<std::uint16_t>((whole + ((whole & 0x10000) >> 1)) >> 16);
  }
  explicit operator float() const { return std::bit_cast<float>(std::uint32_t{bits} << 16); }
};

template <class T>
void decode(std::span<const std::byte> bytes, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T element;
    std::memcpy(&element, bytes.data() + i * sizeof(T), sizeof(T));
    out[i] = static_cast<float>(element);
  }
}

}  // namespace

float round_as(ElementType real, float value) {
  if (real == ElementType::bf16) return static_cast<float>(BFloat16(value));
  if (real != ElementType::f16) return value;
  std::byte half[2];
  kernels().to_f16(&value, half, 1);
  kernels().from_f16(half, &value, 1);
  return value;
}

bool is_readable_as_f32(ElementType type) {
  switch (type) {
    case ElementType::f32:
    case ElementType::f16:
    case ElementType::bf16:
    case ElementType::i8:
    case ElementType::u8:
    case ElementType::i16:
    case ElementType::u16:
    case ElementType::i32:
    case ElementType::i64: return true;
    default: return false;
  }
}

void read_as_f32(ElementType type, std::span<const std::byte> bytes, std::span<float> out) {
  switch (type) {
    case ElementType::f32:
      std::ranges::copy(bytes.first(out.size_bytes()), std::as_writable_bytes(out).begin());
      return;
    case ElementType::f16: return kernels().from_f16(bytes.data(), out.data(), std::ssize(out));
    case ElementType::bf16: return decode<BFloat16>(bytes, out);
    case ElementType::i8: return decode<std::int8_t>(bytes, out);
    case ElementType::u8: return decode<std::uint8_t>(bytes, out);
    case ElementType::i16: return decode<std::int16_t>(bytes, out);
    case ElementType::u16: return decode<std::uint16_t>(bytes, out);
    case ElementType::i32: return decode<std::int32_t>(bytes, out);
    case ElementType::i64: return decode<std::int64_t>(bytes, out);
    default: throw internal_error("{} cannot be read as f32", name(type));
  }
}

void write_as(ElementType real, std::span<const float> values, std::span<std::byte> out) {
  if (real == ElementType::f32) {
    std::ranges::copy(std::as_bytes(values), out.begin());
    return;
  }
  if (real == ElementType::f16) return kernels().to_f16(values.data(), out.data(), std::ssize(values));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const BFloat16 element(values[i]);
    std::memcpy(out.data() + i * sizeof element, &element, sizeof element);
  }
}

}  // namespace lpt
