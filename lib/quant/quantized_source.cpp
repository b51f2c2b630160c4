#include "quant/quantized_source.hpp"

#include <utility>

#include "tensor/kernels.hpp"

namespace lpt {
QuantizedSource::QuantizedSource(ConstantPath weights, QuantizeParameters parameters, ElementType type)
    : WeightsSource(std::move(weights), parameters.shape, type), parameters_(std::move(parameters)) {}

void QuantizedSource::compute_run(const std::byte* weights, std::int8_t* out, const Run& run) const {
  const auto* low = parameters_.low.data() + run.parameter;
  const auto* high = parameters_.high.data() + run.parameter;
  const auto* base = parameters_.base.data() + run.parameter;
  const auto last_step = static_cast<float>(parameters_.levels - 1);
  if (run.varies) {
    kernels().quantize_each(weights, out, run.count, low, high, base, last_step);
  } else {
    kernels().quantize(weights, out, run.count, *low, *high, *base, last_step);
  }
}

}  // namespace lpt
