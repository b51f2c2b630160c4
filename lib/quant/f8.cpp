#include "quant/f8.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "quant/rounding.hpp"
#include "quant/weights_source.hpp"

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

class F8Source final : public WeightsSource {
 public:
  F8Source(ConstantPath weights, ElementType f8, SmallTensor scale, SmallTensor shift)
      : WeightsSource(std::move(weights), scale.shape, f8),
        f8_(f8),
        scale_(std::move(scale)),
        shift_(std::move(shift)) {}

 private:
  void compute_run(const std::byte* weights, std::int8_t* out, const Run& run) const override {
    for (std::size_t i = 0; i < run.count; ++i) {
      float w;
      std::memcpy(&w, weights + i * sizeof w, sizeof w);
      const auto k = run.parameter + (run.varies ? i : 0);
      out[i] = static_cast<std::int8_t>(to_f8(f8_, w * scale_.values[k] - shift_.values[k]));
    }
  }

  ElementType f8_;
  SmallTensor scale_, shift_;  ///< of one shape
};

}  // namespace

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

std::variant<Blob, std::string> convert_weights_to_f8(const ConstantPath& weights, ElementType f8,
                                                      const SmallTensor& scale,
                                                      const std::optional<SmallTensor>& shift) {
  if (weights.real != ElementType::f32)
    return fmt::format("its weights are {}, only f32 is folded", name(weights.real));
  const SmallTensor no_shift{scale.shape, std::vector<float>(scale.values.size())};
  const SmallTensor& moved = shift ? *shift : no_shift;
  const auto shape = broadcast(scale.shape, moved.shape);
  if (!shape || !broadcasts_to(*shape, weights.shape)) {
    return fmt::format("its scale or shift does not fit weights of shape [{}]", weights.shape.to_string());
  }
  for (const float s : scale.values) {
    if (!std::isfinite(s) || !std::isfinite(1 / s)) return fmt::format("its scale {} has no inverse", s);
  }
  return Blob(std::make_shared<F8Source>(weights, f8, scale.broadcast_to(*shape), moved.broadcast_to(*shape)));
}

}  // namespace lpt
