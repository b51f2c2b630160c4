#include "tensor/kernels.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

using namespace lpt;

namespace {

std::vector<int> quantized(const Kernels& kernel, const std::vector<float>& weights, float low, float high, float base,
                           float last_step) {
  std::vector<std::int8_t> out(weights.size());
  kernel.quantize(reinterpret_cast<const std::byte*>(weights.data()), out.data(), weights.size(), low, high, base,
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
  for (const auto* each : runnable_kernels()) {
    CAPTURE(each->name);
    // The worked numbers of the specification of weights folding.
    CHECK(quantized(*each, {-1, -0.5F, 0, 0.3F, 1}, -1, 1, -127, 254) == std::vector<int>{-127, -63, 0, 38, 127});
    CHECK(quantized(*each, {-1.28F, 0, 1.27F}, -1.28F, 1.27F, -128, 255) == std::vector<int>{-128, 0, 127});
    CHECK(quantized(*each, {-0.5F, 0, 1}, -0.5F, 1, -128, 255) == std::vector<int>{-128, -43, 127});
    CHECK(quantized(*each, {-1, 0, 1}, -1, 1, -8, 15) == std::vector<int>{-8, 0, 7});
  }
}

TEST_CASE("ties go to even, bounds are inclusive below, and odd values do no harm") {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const auto* each : runnable_kernels()) {
    CAPTURE(each->name);
    CHECK(quantized(*each, {0.5F, 1.5F, 2.5F, 3.5F}, 0, 4, 0, 4) == std::vector<int>{0, 2, 2, 4});
    CHECK(quantized(*each, {-inf, inf, nan, -5, 5}, -1, 1, -127, 254) == std::vector<int>{-127, 127, 0, -127, 127});
    // A range turned round: below gives the first step, above the last, between them the formula runs downwards.
    CHECK(quantized(*each, {-2, 2, 1, -1, 0.5F}, 1, -1, 0, 4) == std::vector<int>{0, 4, 0, 0, 1});
    // Both bounds equal: a step.
    CHECK(quantized(*each, {-1, 1, 2}, 1, 1, 0, 4) == std::vector<int>{0, 0, 4});
  }
}

TEST_CASE("all kernels agree on random weights, at any address and any length") {
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0, 1);
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
      for (const auto* each : runnable_kernels()) {
        CAPTURE(each->name, levels, size);
        std::vector<std::int8_t> out(size);
        each->quantize_each(bytes.data() + 1, out.data(), size, low.data(), high.data(), base.data(),
                            static_cast<float>(levels - 1));
        CHECK(std::vector<int>(out.begin(), out.end()) == expected);
      }
    }
  }
}

TEST_CASE("all kernels compute FakeQuantize to the same bits") {
  std::vector<float> in;
  for (int i = 0; i < 4001; ++i) in.push_back(static_cast<float>(i - 2000) * 0.0037F);
  in.insert(in.end(), {1e30F, -1e30F, 0.0F, -0.0F});
  std::vector<float> first;
  for (const auto* each : runnable_kernels()) {
    std::vector<float> out(in.size());
    each->fake_quantize(in.data(), out.data(), static_cast<std::int64_t>(in.size()), -3.3F, 4.1F, -1.7F, 2.9F, 254);
    if (first.empty()) first = out;
    CHECK(out == first);
  }
}

TEST_CASE("all kernels multiply matrices and add up weighted rows") {
  // Small whole numbers, of which every sum is exact.
  std::vector<float> in;
  for (int i = 0; i < 40'000; ++i) in.push_back(static_cast<float>(i % 11));
  constexpr std::int64_t kMost = 100;
  for (const auto* each : runnable_kernels()) {
    for (const std::int64_t m : {1, 3, 7, 50}) {
      for (const std::int64_t n : {1, 16, 17, 100}) {
        for (const std::int64_t k : {1, 40, 300}) {
          CAPTURE(each->name, m, n, k);
          const MatrixView<float> a{in.data() + 1, k, 1}, b{in.data() + 2, 1, k};
          std::vector<float> c(static_cast<std::size_t>(m * n)), expected, sums(c);
          std::vector<std::int32_t> small(c.size());
          for (std::int64_t i = 0; i < m; ++i) {
            for (std::int64_t j = 0; j < n; ++j)
              expected.push_back(std::inner_product(a.data + i * k, a.data + i * k + k, b.data + j * k, 0.0F));
          }
          std::get<Product<float>>(each->products)(m, n, k, a, b, c.data(), n);
          CHECK(c == expected);
          each->multiply_small(m, n, k, a, b, small.data(), n, sums.data());
          CHECK(std::equal(small.begin(), small.end(), expected.begin()));
        }
      }
    }
    const std::vector<std::int64_t> offsets{0, 7, 30};
    const std::vector<float> weights{1, 10, 3};
    std::vector<float> out(kMost + 63);
    for (const std::int64_t count : {1, 15, 64, 65, 100}) {
      each->weighted_sum(out.data(), in.data(), offsets.data(), weights.data(), 3, count);
      for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
        CHECK(out[i] == in[i] + 10 * in[i + 7] + 3 * in[i + 30]);
    }
  }
}

namespace {

/// Every function of one set of kernels with its formula, computed in double.
template <class T>
struct Case {
  const char* name;
  Function<T> function;
  double (*formula)(double);
};
template <class T>
std::vector<Case<T>> cases(const Functions<T>& of) {
  return {{"exp", of.exp, [](double x) { return std::exp(x); }},
          {"tanh", of.tanh, [](double x) { return std::tanh(x); }},
          {"sigmoid", of.sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }},
          {"erf", of.erf, [](double x) { return std::erf(x); }},
          {"gelu", of.gelu, [](double x) { return x / 2 * (1 + std::erf(x * 0.70710678118654752)); }},
          {"soft_plus", of.soft_plus, [](double x) { return std::log1p(std::exp(x)); }},
          {"mish", of.mish, [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }},
          {"gelu_tanh", of.gelu_tanh,
           [](double x) { return x / 2 * (1 + std::tanh(0.79788456080286536 * (x + 0.044715 * x * x * x))); }}};
}

template <class T>
void check_functions(const Functions<T>& of, double precision) {
  std::vector<T> in;
  for (int i = -4000; i <= 4000; ++i) in.push_back(static_cast<T>(i) * static_cast<T>(0.005));
  const auto count = static_cast<std::int64_t>(in.size());
  for (const auto& [name, function, formula] : cases(of)) {
    std::vector<T> out(in.size()), pieces(in.size());
    function(in.data(), out.data(), count);
    double worst = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
      const double exact = formula(in[i]);
      worst = std::max(worst, std::abs(out[i] - exact) / std::max(1.0, std::abs(exact)));
    }
    CAPTURE(name);
    CHECK(worst < precision);
    // However a row is cut, and wherever it lies.
    for (std::int64_t from = 0, length = 1; from < count; from += length, length = length % 41 + 1)
      function(in.data() + from, pieces.data() + from, std::min(length, count - from));
    CHECK(pieces == out);
  }
}

template <class T>
void check_rows(const Functions<T>& of, double precision) {
  for (const std::int64_t count : {1, 2, 15, 16, 17, 1000, 5000}) {
    CAPTURE(count);
    std::vector<T> in, out(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) in.push_back(static_cast<T>(i * 7 % 23) * static_cast<T>(0.37) - 3);
    double sum = 0, squares = 0, powers = 0;
    for (const T x : in) {
      sum += x;
      squares += (x - 0.5) * (x - 0.5);
      powers += std::exp(static_cast<double>(x));
    }
    CHECK(of.sum(in.data(), count) == Approx(sum).epsilon(precision).margin(precision));
    CHECK(of.squares(in.data(), count, static_cast<T>(0.5)) == Approx(squares).epsilon(precision));
    of.scale(in.data(), out.data(), count, 2, 3);
    CHECK(out.back() == (in.back() - 2) * 3);
    of.softmax(in.data(), out.data(), count);
    for (std::size_t i = 0; i < in.size(); i += 7)
      CHECK(out[i] == Approx(std::exp(static_cast<double>(in[i])) / powers).epsilon(precision));
  }
}

}  // namespace

TEST_CASE("all kernels compute functions closely, whatever the address and the length") {
  for (const auto* each : runnable_kernels()) {
    CAPTURE(each->name);
    check_functions(std::get<Functions<float>>(each->functions), 2e-6);
    check_functions(std::get<Functions<double>>(each->functions), 1e-14);
  }
}

TEST_CASE("all kernels add up rows and make shares of them") {
  for (const auto* each : runnable_kernels()) {
    CAPTURE(each->name);
    check_rows(std::get<Functions<float>>(each->functions), 2e-6);
    check_rows(std::get<Functions<double>>(each->functions), 1e-13);
  }
}
