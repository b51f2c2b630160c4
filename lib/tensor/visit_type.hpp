#pragma once

#include <cstdint>
#include <type_traits>

#include "ir/error.hpp"
#include "tensor/half.hpp"

namespace lpt {

/// The type in which formulas on T are computed: float for the 16-bit reals, otherwise T.
template <class T>
using Compute = std::conditional_t<std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>, float, T>;

template <class T>
inline constexpr bool is_real_type = std::is_floating_point_v<Compute<T>>;

/// Calls `visit` with std::type_identity of the C++ type of a real element type.
template <class Visit>
auto visit_real(ElementType type, Visit&& visit) {
  switch (type) {
    case ElementType::f32: return visit(std::type_identity<float>{});
    case ElementType::f64: return visit(std::type_identity<double>{});
    case ElementType::f16: return visit(std::type_identity<Half>{});
    case ElementType::bf16: return visit(std::type_identity<BFloat16>{});
    default: throw internal_error("{} is not a real type", name(type));
  }
}

/// Likewise of an integer type of 8 bits or more.
template <class Visit>
auto visit_integer(ElementType type, Visit&& visit) {
  switch (type) {
    case ElementType::i8: return visit(std::type_identity<std::int8_t>{});
    case ElementType::i16: return visit(std::type_identity<std::int16_t>{});
    case ElementType::i32: return visit(std::type_identity<std::int32_t>{});
    case ElementType::i64: return visit(std::type_identity<std::int64_t>{});
    case ElementType::u8: return visit(std::type_identity<std::uint8_t>{});
    case ElementType::u16: return visit(std::type_identity<std::uint16_t>{});
    case ElementType::u32: return visit(std::type_identity<std::uint32_t>{});
    case ElementType::u64: return visit(std::type_identity<std::uint64_t>{});
    default: throw internal_error("{} is not an integer type", name(type));
  }
}

/// Likewise of a real or integer type.
template <class Visit>
auto visit_number(ElementType type, Visit&& visit) {
  return is_real(type) ? visit_real(type, visit) : visit_integer(type, visit);
}

/// True for the types that visit_number takes.
inline bool is_number(ElementType type) { return is_real(type) || (is_integer(type) && bits(type) >= 8); }

/// Calls `visit` with an unsigned integer as wide as an element, for operations that only move elements.
template <class Visit>
auto visit_width(ElementType type, Visit&& visit) {
  switch (bits(type)) {
    case 8: return visit(std::type_identity<std::uint8_t>{});
    case 16: return visit(std::type_identity<std::uint16_t>{});
    case 32: return visit(std::type_identity<std::uint32_t>{});
    case 64: return visit(std::type_identity<std::uint64_t>{});
    default: throw internal_error("elements of {} have no address", name(type));
  }
}

}  // namespace lpt
