#pragma once

#include <cstdint>
#include <variant>
#include <string>

#include "quant/small_tensor.hpp"

namespace lpt {

/// The code of a value in f8e4m3 or f8e5m2: rounded half to even as f16 first, then as f8, as OpenVINO does; what is
/// too large becomes the largest finite value, as FakeConvert does at run time. NaN stays NaN.
/// source  OpenVINO 2026.4, measured; OCP 8-bit Floating Point Specification
std::uint8_t to_f8(ElementType f8, float value);

/// f8 weights that stand for a FakeConvert on a constant:
///
///     FakeConvert(w) = (f8(w * scale - shift) + shift) / scale
///
/// weights  f32, static shape
/// scale    f32, broadcasts to the weights; shift likewise, or absent
/// returns  the stored bytes, or a sentence that says why there are none
/// source   OpenVINO FakeConvert-13
std::variant<Blob, std::string> convert_weights_to_f8(const ConstantPath& weights, ElementType f8,
                                                      const SmallTensor& scale,
                                                      const std::optional<SmallTensor>& shift);

}  // namespace lpt
