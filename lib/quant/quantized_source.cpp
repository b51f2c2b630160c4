#include "quant/quantized_source.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "quant/quantize_kernel.hpp"
#include "tensor/rounding.hpp"

namespace lpt {
namespace {

/// The f16 FakeQuantize of OpenVINO's reference: every step is rounded as f16.
std::int8_t quantize_f16(float w, float low, float high, float base, float last_step) {
  if (std::isnan(w)) return 0;
  const auto f16 = [](float x) { return round_as(ElementType::f16, x); };
  float step = 0;
  if (w > std::max(low, high)) {
    step = last_step;
  } else if (w > std::min(low, high)) {
    step = std::nearbyint(f16(f16(f16(w - low) / f16(high - low)) * last_step));
  }
  return static_cast<std::int8_t>(static_cast<std::int32_t>(step + base));
}

}  // namespace

QuantizedSource::QuantizedSource(ConstantPath weights, QuantizeParameters parameters, ElementType type)
    : WeightsSource(std::move(weights), parameters.shape, type), parameters_(std::move(parameters)) {}

void QuantizedSource::compute_run(const std::byte* weights, std::int8_t* out, const Run& run) const {
  const auto* low = parameters_.low.data() + run.parameter;
  const auto* high = parameters_.high.data() + run.parameter;
  const auto* base = parameters_.base.data() + run.parameter;
  const auto last_step = static_cast<float>(parameters_.levels - 1);
  if (real() == ElementType::f16) {
    for (std::size_t i = 0; i < run.count; ++i) {
      float w;
      std::memcpy(&w, weights + i * sizeof w, sizeof w);
      const auto k = run.varies ? i : 0;
      out[i] = quantize_f16(w, low[k], high[k], base[k], last_step);
    }
  } else if (run.varies) {
    quantize_kernel().varying(weights, out, run.count, low, high, base, last_step);
  } else {
    quantize_kernel().uniform(weights, out, run.count, *low, *high, *base, last_step);
  }
}

}  // namespace lpt
