#pragma once

#include <cstdint>
#include <type_traits>

#include "ir/error.hpp"
#include "ir/element_type.hpp"

namespace lpt {

/// Calls `visit` with std::type_identity of the C++ type of a real element type. Nothing is computed in halves: whoever
/// has them converts to f32.
template <class Visit>
auto visit_real(ElementType type, Visit&& visit) {
  switch (type) {
    case ElementType::f32: return visit(std::type_identity<float>{});
    case ElementType::f64: return visit(std::type_identity<double>{});
    default: throw internal_error("{} is not a real type to compute in", name(type));
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

/// True for the types that visit_number takes, and halves.
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
