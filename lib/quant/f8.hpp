#pragma once

#include <optional>

#include "quant/small_tensor.hpp"
#include "refusal/refusal.hpp"

namespace lpt {

/// f8 weights that stand for a FakeConvert on a constant:
///
///     FakeConvert(w) = (f8(w * scale - shift) + shift) / scale
///
/// weights  f32, static shape
/// scale    f32, broadcasts to the weights; shift likewise, or absent
/// returns  the stored bytes, or why there are none
/// source   OpenVINO FakeConvert-13
Expected<Blob> convert_weights_to_f8(const ConstantPath& weights, ElementType f8, const SmallTensor& scale,
                                     const std::optional<SmallTensor>& shift);

}  // namespace lpt
