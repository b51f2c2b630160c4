#include "quant/quantize_kernel.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using namespace lpt;

namespace {

std::vector<int> quantized(const QuantizeKernel& kernel, const std::vector<float>& weights, float low, float high,
                           float base, float last_step) {
  std::vector<std::int8_t> out(weights.size());
  kernel.uniform(reinterpret_cast<const std::byte*>(weights.data()), out.data(), weights.size(), low, high, base,
                 last_step);
  return {out.begin(), out.end()};
}

/// FakeQuantize as its specification writes it, one weight at a time.
int by_hand(float w, float low, float high, int base, int levels) {
  if (w <= std::min(low, high)) return base;
  if (w > std::max(low, high)) return base + levels - 1;
  return base + static_cast<int>(std::nearbyint((w - low) / (high - low) * static_cast<float>(levels - 1)));
}

}  // namespace

TEST_CASE("every kernel of this machine computes the steps of FakeQuantize") {
  std::size_t count = 0;
  const auto* kernels = quantize_kernels(count);
  REQUIRE(count >= 1);
  for (std::size_t k = 0; k < count; ++k) {
    CAPTURE(kernels[k].name);
    // The worked numbers of the specification of weights folding.
    CHECK(quantized(kernels[k], {-1, -0.5F, 0, 0.3F, 1}, -1, 1, -127, 254) == std::vector<int>{-127, -63, 0, 38, 127});
    CHECK(quantized(kernels[k], {-1.28F, 0, 1.27F}, -1.28F, 1.27F, -128, 255) == std::vector<int>{-128, 0, 127});
    CHECK(quantized(kernels[k], {-0.5F, 0, 1}, -0.5F, 1, -128, 255) == std::vector<int>{-128, -43, 127});
    CHECK(quantized(kernels[k], {-1, 0, 1}, -1, 1, -8, 15) == std::vector<int>{-8, 0, 7});
  }
}

TEST_CASE("ties go to even, bounds are inclusive below, and odd values do no harm") {
  std::size_t count = 0;
  const auto* kernels = quantize_kernels(count);
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t k = 0; k < count; ++k) {
    CAPTURE(kernels[k].name);
    CHECK(quantized(kernels[k], {0.5F, 1.5F, 2.5F, 3.5F}, 0, 4, 0, 4) == std::vector<int>{0, 2, 2, 4});
    CHECK(quantized(kernels[k], {-inf, inf, nan, -5, 5}, -1, 1, -127, 254) ==
          std::vector<int>{-127, 127, 0, -127, 127});
    // A range turned round: below gives the first step, above the last, between them the formula runs downwards.
    CHECK(quantized(kernels[k], {-2, 2, 1, -1, 0.5F}, 1, -1, 0, 4) == std::vector<int>{0, 4, 0, 0, 1});
    // Both bounds equal: a step.
    CHECK(quantized(kernels[k], {-1, 1, 2}, 1, 1, 0, 4) == std::vector<int>{0, 0, 4});
  }
}

TEST_CASE("all kernels agree on random weights, at any address and any length") {
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0, 1);
  std::size_t count = 0;
  const auto* kernels = quantize_kernels(count);
  for (const int levels : {3, 16, 255, 256}) {
    for (const std::size_t size : {1, 7, 31, 64, 1000}) {
      std::vector<std::byte> bytes(size * 4 + 1);
      std::vector<float> low(size), high(size), base(size, static_cast<float>(-(levels / 2)));
      std::vector<int> expected;
      for (std::size_t i = 0; i < size; ++i) {
        const float w = normal(random);
        std::memcpy(bytes.data() + 1 + i * 4, &w, 4);
        low[i] = -1 - static_cast<float>(i % 5);
        high[i] = 1.5F;
        expected.push_back(static_cast<std::int8_t>(by_hand(w, low[i], high[i], -(levels / 2), levels)));
      }
      for (std::size_t k = 0; k < count; ++k) {
        CAPTURE(kernels[k].name, levels, size);
        std::vector<std::int8_t> out(size);
        kernels[k].varying(bytes.data() + 1, out.data(), size, low.data(), high.data(), base.data(),
                           static_cast<float>(levels - 1));
        CHECK(std::vector<int>(out.begin(), out.end()) == expected);
      }
    }
  }
}
