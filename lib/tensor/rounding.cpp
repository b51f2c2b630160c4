#include "tensor/rounding.hpp"

#include <Eigen/Core>

#include <bit>
#include <cstdint>
#include <cstring>

#include "ir/error.hpp"

namespace lpt {
namespace {

template <class T, class ToFloat>
void decode(std::span<const std::byte> bytes, std::span<float> out, ToFloat to_float) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T element;
    std::memcpy(&element, bytes.data() + i * sizeof(T), sizeof(T));
    out[i] = to_float(element);
  }
}

template <class T>
void decode_integer(std::span<const std::byte> bytes, std::span<float> out) {
  decode<T>(bytes, out, [](T element) { return static_cast<float>(element); });
}

float from_f16(std::uint16_t bits) {
  return Eigen::half_impl::half_to_float(Eigen::half_impl::raw_uint16_to_half(bits));
}

}  // namespace

float round_as(ElementType real, float value) {
  if (real == ElementType::f16) return static_cast<float>(Eigen::half(value));
  if (real != ElementType::bf16) return value;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return std::bit_cast<float>((bits + ((bits & 0x10000) >> 1)) & 0xFFFF0000);
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
    case ElementType::f32: std::memcpy(out.data(), bytes.data(), out.size_bytes()); return;
    case ElementType::f16: return decode<std::uint16_t>(bytes, out, from_f16);
    case ElementType::bf16:
      return decode<std::uint16_t>(bytes, out,
                                   [](std::uint16_t b) { return std::bit_cast<float>(std::uint32_t{b} << 16); });
    case ElementType::i8: return decode_integer<std::int8_t>(bytes, out);
    case ElementType::u8: return decode_integer<std::uint8_t>(bytes, out);
    case ElementType::i16: return decode_integer<std::int16_t>(bytes, out);
    case ElementType::u16: return decode_integer<std::uint16_t>(bytes, out);
    case ElementType::i32: return decode_integer<std::int32_t>(bytes, out);
    case ElementType::i64: return decode_integer<std::int64_t>(bytes, out);
    default: throw internal_error("{} cannot be read as f32", name(type));
  }
}

void write_as(ElementType real, std::span<const float> values, std::span<std::byte> out) {
  if (real == ElementType::f32) {
    std::memcpy(out.data(), values.data(), values.size_bytes());
    return;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t element = real == ElementType::f16
                                      ? Eigen::half(values[i]).x
                                      : static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(values[i]) >> 16);
    std::memcpy(out.data() + 2 * i, &element, 2);
  }
}

}  // namespace lpt
