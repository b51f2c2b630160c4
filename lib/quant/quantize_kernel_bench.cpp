#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "quant/quantize_kernel.hpp"

namespace {

/// Weights per second of one kernel, on weights that fit the second-level cache.
void quantize(benchmark::State& state, const lpt::QuantizeKernel& kernel) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0, 0.5F);
  std::vector<float> weights(1 << 16);
  for (float& w : weights) w = normal(random);
  std::vector<std::int8_t> out(weights.size());
  for (auto _ : state) {
    kernel.uniform(reinterpret_cast<const std::byte*>(weights.data()), out.data(), out.size(), -1, 1, -127, 254);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(weights.size()));
}

const bool registered = [] {
  std::size_t count = 0;
  const auto* kernels = lpt::quantize_kernels(count);
  for (std::size_t k = 0; k < count; ++k) benchmark::RegisterBenchmark(kernels[k].name, quantize, kernels[k]);
  return true;
}();

}  // namespace
