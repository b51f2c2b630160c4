#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ir/element_type.hpp"

namespace lpt {

/// True for the types of less than 8 bits and the 8-bit reals, whose elements are codes.
bool is_small_type(ElementType type);

/// The value of one element of a small type.
/// source  OpenVINO's element iterators, measured; OCP Microscaling Formats; QLoRA (nf4)
float decode_small(ElementType type, std::span<const std::byte> bytes, std::uint64_t index);

/// The code of a value in f8e4m3 or f8e5m2: rounded half to even as f16 first, then as f8, as OpenVINO does; what is
/// too large becomes the largest finite value, as FakeConvert does at run time. NaN stays NaN.
/// source  OpenVINO 2026.4, measured; OCP 8-bit Floating Point Specification
std::uint8_t to_f8(ElementType f8, float value);

}  // namespace lpt
