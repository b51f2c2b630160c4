#include "tensor/small_types.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/error.hpp"
#include "tensor/rounding.hpp"

namespace lpt {
namespace {

struct Format {
  int mantissa_bits;
  int smallest_exponent;  ///< of a normal number
  float largest;
  std::uint8_t largest_code, nan_code;
};

constexpr Format kE4M3{3, -6, 448.0F, 0x7E, 0x7F};
constexpr Format kE5M2{2, -14, 57344.0F, 0x7B, 0x7E};

float from_f8(const Format& format, std::uint8_t code) {
  const float sign = (code & 0x80) != 0 ? -1.0F : 1.0F;
  const int magnitude = code & 0x7F;
  if (magnitude > format.largest_code) {
    const bool infinite = magnitude == format.largest_code + 1 && format.nan_code != magnitude;
    return infinite ? sign * std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
  }
  const int exponent = magnitude >> format.mantissa_bits;
  const int mantissa = magnitude & ((1 << format.mantissa_bits) - 1);
  const int units = exponent == 0 ? mantissa : mantissa + (1 << format.mantissa_bits);
  return sign * std::ldexp(static_cast<float>(units),
                           std::max(exponent, 1) - 1 + format.smallest_exponent - format.mantissa_bits);
}

/// The quantiles of a normal distribution that nf4 names.
constexpr float kNf4[16] = {-1.0F,         -0.6961928F, -0.52507305F, -0.3949175F, -0.28444138F, -0.18477343F,
                            -0.091050036F, 0.0F,        0.0795803F,   0.1609302F,  0.2461123F,   0.33791524F,
                            0.44070983F,   0.562617F,   0.72295684F,  1.0F};
constexpr float kE2M1[8] = {0.0F, 0.5F, 1.0F, 1.5F, 2.0F, 3.0F, 4.0F, 6.0F};

/// `width` bits that are the index-th group of a stream that begins with the highest bit of the first byte.
unsigned from_top(std::span<const std::byte> bytes, std::uint64_t index, unsigned width) {
  const auto first = index * width;
  return std::to_integer<unsigned>(bytes[first / 8]) >> (8 - width - first % 8) & ((1U << width) - 1);
}

/// u3 and u6 keep the low and the high bits of a group of elements apart: two bytes of low bits, one of high bits.
unsigned from_group(std::span<const std::byte> bytes, std::uint64_t index, unsigned low_width, unsigned high_width) {
  const auto elements = 8 / high_width;
  const auto group = bytes.subspan(index / elements * 3, 3);
  const auto inside = index % elements;
  return from_top(group.subspan(2), inside, high_width) << low_width | from_top(group, inside, low_width);
}

}  // namespace

bool is_small_type(ElementType type) {
  switch (type) {
    case ElementType::u1:
    case ElementType::u2:
    case ElementType::u3:
    case ElementType::u4:
    case ElementType::u6:
    case ElementType::i4:
    case ElementType::nf4:
    case ElementType::f4e2m1:
    case ElementType::f8e4m3:
    case ElementType::f8e5m2:
    case ElementType::f8e8m0: return true;
    default: return false;
  }
}

float decode_small(ElementType type, std::span<const std::byte> bytes, std::uint64_t index) {
  const auto nibble = [&] { return std::to_integer<unsigned>(bytes[index / 2]) >> (index % 2 * 4) & 0xFU; };
  const auto code = [&] { return std::to_integer<std::uint8_t>(bytes[index]); };
  switch (type) {
    case ElementType::u1: return static_cast<float>(from_top(bytes, index, 1));
    case ElementType::u2:
      return static_cast<float>(std::to_integer<unsigned>(bytes[index / 4]) >> (index % 4 * 2) & 3U);
    case ElementType::u3: return static_cast<float>(from_group(bytes, index, 2, 1));
    case ElementType::u6: return static_cast<float>(from_group(bytes, index, 4, 2));
    case ElementType::u4: return static_cast<float>(nibble());
    case ElementType::i4: return static_cast<float>(nibble()) - (nibble() > 7 ? 16.0F : 0.0F);
    case ElementType::nf4: return kNf4[nibble()];
    case ElementType::f4e2m1: return nibble() > 7 ? -kE2M1[nibble() - 8] : kE2M1[nibble()];
    case ElementType::f8e4m3: return from_f8(kE4M3, code());
    case ElementType::f8e5m2: return from_f8(kE5M2, code());
    case ElementType::f8e8m0:
      return code() == 0xFF ? std::numeric_limits<float>::quiet_NaN() : std::ldexp(1.0F, code() - 127);
    default: throw internal_error("{} is not a small type", name(type));
  }
}

std::uint8_t to_f8(ElementType f8, float value) {
  const Format& format = f8 == ElementType::f8e4m3 ? kE4M3 : kE5M2;
  const std::uint8_t sign = std::signbit(value) ? 0x80 : 0;
  const float magnitude = std::abs(round_as(ElementType::f16, value));
  if (std::isnan(magnitude)) return sign | format.nan_code;
  if (magnitude > format.largest) return sign | format.largest_code;
  if (magnitude == 0) return sign;
  const int exponent = std::max(std::ilogb(magnitude), format.smallest_exponent);
  // In units of the last place; the carry into the next exponent and out of the subnormal numbers is the code's own.
  const auto units = static_cast<int>(std::nearbyint(std::ldexp(magnitude, format.mantissa_bits - exponent)));
  const int code = ((exponent - format.smallest_exponent) << format.mantissa_bits) + units;
  return sign | static_cast<std::uint8_t>(std::min<int>(code, format.largest_code));
}

}  // namespace lpt
