#pragma once

#include <bit>
#include <cstdint>

#include "tensor/rounding.hpp"

namespace lpt {

/// An f16 or bf16 element as it lies in memory. Arithmetic on it is done in float and rounded once for each operation.
template <ElementType kType>
struct ShortReal {
  std::uint16_t bits = 0;

  ShortReal() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): formulas are written once for all element types
  ShortReal(float value);
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator float() const;
};

using Half = ShortReal<ElementType::f16>;
using BFloat16 = ShortReal<ElementType::bf16>;

template <>
inline BFloat16::ShortReal(float value)
    : bits(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(round_as(ElementType::bf16, value)) >> 16)) {}
template <>
inline BFloat16::operator float() const {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}
template <>
Half::ShortReal(float value);
template <>
Half::operator float() const;

}  // namespace lpt
