#pragma once

#include <cstddef>
#include <span>

#include "ir/element_type.hpp"

namespace lpt {

/// The value as a real type holds it: f32 unchanged, f16 rounded half to even.
/// bf16 is rounded as OpenVINO's bfloat16 rounds, which is not half to even: half a step is added where the last kept
/// bit is 1, then the rest is cut.
/// source  OpenVINO 2026.4, measured
float round_as(ElementType real, float value);

/// Types that can stand in front of a FakeQuantize and have an exact or well-defined f32 value.
bool is_readable_as_f32(ElementType type);

/// Little-endian elements of any type that is_readable_as_f32, to f32.
void read_as_f32(ElementType type, std::span<const std::byte> bytes, std::span<float> out);

/// f32 to little-endian elements of f32, f16 or bf16, as `round_as` rounds.
void write_as(ElementType real, std::span<const float> values, std::span<std::byte> out);

}  // namespace lpt
