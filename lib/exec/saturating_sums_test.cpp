#include "exec/saturating_sums.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <random>

#include "exec/executor.hpp"
#include "tensor/convert.hpp"
#include "testing/check_operation.hpp"
#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr DataBytes kU8{0, 255, 0, 255}, kI8{0, 255, -128, 127};

/// One layer of integers on edges of f32, with the scale 1 everywhere.
class Layer {
 public:
  Layer(std::string_view type, std::string_view attributes, const Lengths& x, const Lengths& w)
      : x_(x),
        w_(w),
        model_(parse_text(fmt::format("x = Parameter : f32[{}]\nw = Parameter : f32[{}]\ny = {}(x, w) {} : f32[...]\n"
                                      "r = Result(y)\n",
                                      to_string(x), to_string(w), type, attributes))) {}

  const Node& node() const { return layer_named(*model_.graph, "y"); }

  std::vector<double> run(const Tensor& x, const Tensor& w, const SaturatingLayer& layer) {
    RunOptions options;
    options.amend_sums = [&](const Node& node, std::span<const Tensor> inputs, Tensor& output) {
      count = saturate_sums(layer, node, inputs, output);
    };
    const auto y = convert(Executor(model_, options).run({x, w})[0], ElementType::f64);
    return {y.data<double>(), y.data<double>() + y.count()};
  }
  /// All data and all weights alike.
  std::vector<double> run(float x, float w, const DataBytes& data, float offset = 0) {
    return run(f32(x_, std::vector<float>(static_cast<std::size_t>(product(x_)), x)),
               f32(w_, std::vector<float>(static_cast<std::size_t>(product(w_)), w)), {data, 1, offset, {1}});
  }

  PairCount count;

 private:
  Lengths x_, w_;
  Model model_;
};

std::string window(int pad, int axes = 2) {
  const auto all = [&](int value) {
    std::string text = std::to_string(value);
    for (int i = 1; i < axes; ++i) text += "," + std::to_string(value);
    return text;
  };
  return fmt::format("strides=[{0}] dilations=[{0}] pads_begin=[{1}] pads_end=[{1}] auto_pad=explicit", all(1),
                     all(pad));
}

using Values = std::vector<double>;
Values alike(std::size_t count, double value) { return Values(count, value); }

}  // namespace

// What OpenVINO 2026.4.1 gives under ONEDNN_MAX_CPU_ISA=AVX2, for data of 255 (u8) or 127 (i8) and weights of 127.
TEST_CASE("a convolution saturates as OpenVINO's kernels for AVX2 do") {
  Layer pointwise("Convolution", window(0), {1, 8, 1, 1}, {4, 8, 1, 1});
  CHECK(pointwise.run(255, 127, kU8) == alike(4, 131068));
  CHECK((pointwise.count.all == 16 && pointwise.count.saturated == 16));
  CHECK(pointwise.run(127, 127, kI8, 128) == alike(4, 1020));
  CHECK(pointwise.run(-128, 127, kI8, 128) == alike(4, -130048));
  CHECK((pointwise.count.all == 16 && pointwise.count.saturated == 0));
  CHECK(pointwise.run(155, 127, kU8, 100) == alike(4, 29468));
  Layer padded("Convolution", window(1), {1, 8, 2, 2}, {4, 8, 3, 3});
  CHECK(padded.run(255, 127, kU8) == alike(16, 524272));
  CHECK(padded.run(127, 127, kI8, 128) == alike(16, 4080));
  CHECK(Layer("Convolution", window(0, 1), {1, 3, 2}, {1, 3, 2}).run(255, 127, kU8) == Values{130304});
}

TEST_CASE("a grouped convolution saturates, too, and one for each channel does not") {
  Layer odd("GroupConvolution", window(0), {1, 12, 3, 3}, {4, 3, 3, 3, 3});
  CHECK(odd.run(255, 127, kU8) == alike(12, 458356));
  CHECK(odd.run(127, 127, kI8, 128) == alike(12, 19444));
  CHECK(Layer("GroupConvolution", window(0), {1, 4, 3, 3}, {4, 2, 1, 3, 3}).run(255, 127, kU8) == alike(8, 163453));
  Layer padded("GroupConvolution", window(1), {1, 6, 2, 2}, {2, 1, 3, 3, 3});
  CHECK(padded.run(255, 127, kU8) == alike(8, 228605));
  CHECK(padded.run(127, 127, kI8, 128) == Values{17659, 1785, 1785, 1785, 17659, 1785, 1785, 1785});
  Layer depthwise("GroupConvolution", window(0), {1, 3, 3, 3}, {3, 1, 1, 3, 3});
  CHECK(depthwise.run(255, 127, kU8) == alike(3, 291465));
  CHECK(depthwise.count.all == 0);
}

TEST_CASE("a transposed convolution saturates in front of the sum over its windows") {
  Layer layer("ConvolutionBackpropData", window(0), {1, 2, 2, 2}, {2, 1, 2, 2});
  CHECK(layer.run(255, 127, kU8) == Values{32767, 65534, 32767, 65534, 131068, 65534, 32767, 65534, 32767});
  CHECK((layer.count.all == 16 && layer.count.saturated == 16));
  CHECK(layer.run(127, 127, kI8, 128) == Values{255, 510, 255, 510, 1020, 510, 255, 510, 255});
}

TEST_CASE("a MatMul saturates along the summed axis, whatever is transposed or broadcast") {
  CHECK(Layer("MatMul", "transpose_a=false transpose_b=true", {4, 8}, {4, 8}).run(255, 127, kU8) == alike(16, 131068));
  // Rows 255 255 1 and 255 0 1 of the data, columns of 100 and of -100: the first two elements are a pair, the third is
  // alone, and only where both of the pair are 255 it saturates.
  const auto x = f32({1, 2, 3}, {255, 255, 1, 255, 0, 1}), transposed = f32({1, 3, 2}, {255, 255, 255, 0, 1, 1});
  const auto w = f32({2, 3, 1}, {100, 100, 100, -100, -100, -100});
  const Values expected{32767 + 100, 25500 + 100, -32768 - 100, -25500 - 100};
  const SaturatingLayer layer{kU8, 1, 0, {1}};
  Layer plain("MatMul", "transpose_a=false transpose_b=false", {1, 2, 3}, {2, 3, 1});
  CHECK(plain.run(x, w, layer) == expected);
  CHECK((plain.count.all == 4 && plain.count.saturated == 2));
  CHECK(Layer("MatMul", "transpose_a=true transpose_b=false", {1, 3, 2}, {2, 3, 1}).run(transposed, w, layer) ==
        expected);
  CHECK(Layer("MatMul", "transpose_a=false transpose_b=false", {3}, {3}).run(255, 127, kU8) == Values{32767 + 32385});
}

TEST_CASE("data and weights are taken in their steps") {
  Layer layer("MatMul", "transpose_a=false transpose_b=true", {1, 2}, {2, 2});
  const auto x = f32({1, 2}, {25.5F, 25.5F}), w = f32({2, 2}, {1.27F, 1.27F, 254, 254});
  const auto y = layer.run(x, w, {kU8, .1F, 0, {.01F, 2}});
  CHECK(y[0] == Approx(32.767));
  CHECK(y[1] == Approx(6553.4));
}

// The largest data under weights of one sign and the smallest under the others is the worst that there is.
TEST_CASE("sums saturate for some data exactly where their bound says so") {
  std::mt19937 random(1);
  const auto number = [&](int low, int high) {
    return static_cast<float>(low + static_cast<int>(random() % (high - low + 1)));
  };
  std::size_t saturating = 0;
  for (int round = 0; round < 50; ++round) {
    Layer layer("Convolution", window(0), {2, 5, 2, 2}, {1, 5, 2, 2});
    std::vector<float> weights(20);
    const int most = round % 2 == 0 ? 60 + round : 127;
    for (auto& weight : weights) weight = number(-most, most);
    std::vector<float> data;
    for (const float sign : {1.F, -1.F}) {
      for (const float weight : weights) data.push_back(weight * sign > 0 ? 255 : 0);
    }
    layer.run(f32({2, 5, 2, 2}, data), f32({1, 5, 2, 2}, weights), {kU8, 1, 0, {1}});
    const auto form = SummedWeights::of(layer.node(), layer.node().input(1).shape()).value();
    const std::vector<std::int8_t> integers(weights.begin(), weights.end());
    std::vector<ChannelSums> sums(1);
    add_up(form, {0, 0, 5}, integers, kU8, sums);
    CHECK((layer.count.saturated != 0) == sums[0].saturates());
    saturating += sums[0].saturates();
  }
  CHECK((saturating > 10 && saturating < 40));
}
