#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "tensor/kernels.hpp"

namespace {

/// Weights per second of one kernel, on weights that fit the second-level cache.
void quantize(benchmark::State& state, const lpt::Kernels& kernel) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0, 0.5F);
  std::vector<float> weights(1 << 16);
  for (float& w : weights) w = normal(random);
  std::vector<std::int8_t> out(weights.size());
  for (auto _ : state) {
    kernel.quantize(reinterpret_cast<const std::byte*>(weights.data()), out.data(), out.size(), -1, 1, -127, 254);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(weights.size()));
}

const bool registered = [] {
  for (const auto* each : lpt::runnable_kernels()) benchmark::RegisterBenchmark(each->name, quantize, *each);
  return true;
}();

}  // namespace
