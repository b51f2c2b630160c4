#include "jobs/saturation.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr std::string_view kWindow = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";
constexpr RangeText kFromZero = {"0", "2.55"}, kAround = {"-1.28", "1.27"}, kShifted = {"-1", "1.55"};

/// Each layer as "name: channels beyond 32 bits + beyond 16 bits of all, largest sum, largest pair, worst channel".
std::string bounds(const Model& model) {
  std::string text;
  for (const auto& found : saturation(model))
    text += fmt::format("{}: {} + {} of {}, {}, {}, {}  ", without_original(found.layer.name), found.beyond_32_bits,
                        found.beyond_16_bits, found.channels, found.largest_sum, found.largest_pair_sum,
                        found.worst_channel);
  return text;
}
std::string bounds(std::string_view text) { return bounds(parse_text(text)); }

std::string data(std::string_view shape, RangeText range, int levels = 256) {
  return fake_quantized("q", fmt::format("x = Parameter : f32[{}]", shape), levels, range);
}
std::string weights(std::string_view values, std::string_view shape, std::string_view scale = "scale=.01") {
  return dequantized("w", fmt::format("v = Const value=[{}] : i8[{}]", values, shape), scale);
}
std::string layer(std::string_view operation, std::string_view shape) {
  return fmt::format("y = {} : f32[{}]\nr = Result(y)\n", operation, shape);
}
std::string convolution(std::string_view values, RangeText range = kFromZero, int levels = 256) {
  return data("1,3,1,1", range, levels) + weights(values, "2,3,1,1", "scale=[.01,.02]@0") +
         layer(fmt::format("Convolution(q, w) {}", kWindow), "1,2,1,1");
}
std::string mat_mul(std::string_view values, RangeText range = kFromZero, int levels = 256) {
  return data("1,3", range, levels) + weights(values, "3,2") +
         layer("MatMul(q, w) transpose_a=false transpose_b=false", "1,2");
}

}  // namespace

// Channels 100, 29, -3 and -128, 127, 5: 255 * 129 = 32895 leaves 16 bits, 255 * 128 = 32640 does not.
TEST_CASE("what the weights and the range of the data may come to") {
  CHECK(bounds(convolution("100,29,-3,-128,127,5")) == "y: 0 + 1 of 2, 33660, 32895, 0  ");
  CHECK(bounds(convolution("100,28,-3,-128,127,5")) == "y: 0 + 0 of 2, 33660, 32640, 1  ");
  CHECK(bounds(mat_mul("100,-128,29,127,-3,5")) == "y: 0 + 1 of 2, 33660, 32895, 0  ");
  // -128...127 by 129 and -3, and by 132 and -128.
  CHECK(bounds(convolution("100,29,-3,-128,127,5", kAround)) == "y: 0 + 1 of 2, 33152, 32895, 0  ");
  // -100...155.
  CHECK(bounds(convolution("100,29,-3,-128,127,5", kShifted)) == "y: 0 + 1 of 2, 33260, 32895, 0  ");
  CHECK(bounds(mat_mul("100,-128,29,127,-3,5", kAround)) == "y: 0 + 1 of 2, 33152, 32895, 0  ");
}

// 15 * 254 = 3810; a MatMul moves signed data to 120...135, and 135 * 254 = 34290.
TEST_CASE("data of 16 levels has 4 bits, in a MatMul moved up by 128 if it is signed") {
  CHECK(bounds(convolution("127,127,0,0,0,0", {"0", "1.5"}, 16)) == "y: 0 + 0 of 2, 3810, 3810, 0  ");
  CHECK(bounds(convolution("127,127,0,0,0,0", {"-.8", ".7"}, 16)) == "y: 0 + 0 of 2, 2032, 3810, 0  ");
  CHECK(bounds(mat_mul("127,0,127,0,0,0", {"-.8", ".7"}, 16)) == "y: 0 + 1 of 2, 2032, 34290, 0  ");
}

TEST_CASE("the bound is the same before and after a conversion, in both dialects") {
  const auto check = [](const std::string& text, std::string_view expected) {
    INFO(text);
    CHECK(bounds(text) == expected);
    CHECK(bounds(Converted(text, Dialect::openvino).model) == expected);
    CHECK(bounds(Converted(text, Dialect::type_relaxed).model) == expected);
  };
  check(convolution("100,29,-3,-128,127,5"), "y: 0 + 1 of 2, 33660, 32895, 0  ");
  check(convolution("100,29,-3,-128,127,5", kAround), "y: 0 + 1 of 2, 33152, 32895, 0  ");
  check(convolution("100,29,-3,-128,127,5", kShifted), "y: 0 + 1 of 2, 33260, 32895, 0  ");
  check(mat_mul("100,-128,29,127,-3,5", kAround), "y: 0 + 1 of 2, 33152, 32895, 0  ");
  // Weights under a FakeQuantize, and a pool between.
  check(data("1,2,2,2", kFromZero) +
            "m = MaxPool(q) kernel=[2,2] strides=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit "
            "rounding_type=floor : f32[1,2,1,1]\n" +
            fake_quantized("w", "v = Const value=[1.27,1.27,.64,-1.27] : f32[2,2,1,1]", 255, {"-1.27", "1.27"}) +
            layer(fmt::format("Convolution(m, w) {}", kWindow), "1,2,1,1"),
        "y: 0 + 1 of 2, 64770, 64770, 0  ");
}

TEST_CASE("a depthwise convolution has no sums of two products") {
  CHECK(bounds(data("1,2,2,2", kFromZero) + dequantized("w", filled("v", "127", "i8", "2,1,1,2,2"), "scale=.01") +
               layer(fmt::format("GroupConvolution(q, w) {}", kWindow), "1,2,1,1")) == "y: 0 + 0 of 2, 129540, 0, 0  ");
}

// 255 * 127 * 66400 is more than 2^31.
TEST_CASE("sums that could leave 32 bits") {
  const auto sum = [](std::string_view count) {
    return bounds(data(fmt::format("1,{}", count), kFromZero) +
                  dequantized("w", filled("v", "127", "i8", fmt::format("{},1", count)), "scale=.01") +
                  layer("MatMul(q, w) transpose_a=false transpose_b=false", "1,1"));
  };
  CHECK(sum("66400") == "y: 1 + 1 of 1, 2150364000, 64770, 0  ");
  CHECK(sum("66300") == "y: 0 + 1 of 1, 2147125500, 64770, 0  ");
}

TEST_CASE("where two activations are multiplied, any integers may meet") {
  const auto text = [](std::string_view columns) {
    return data("2,3", kAround) + fake_quantized("k", fmt::format("z = Parameter : f32[3,{}]", columns), 256, kAround) +
           layer("MatMul(q, k) transpose_a=false transpose_b=false", fmt::format("2,{}", columns));
  };
  CHECK(bounds(text("5")) == "y: 0 + 5 of 5, 97539, 65280, 0  ");
  CHECK(bounds(text("?")) == "y: 0 + 2 of 2, 97539, 65280, 0  ");
}

TEST_CASE("gates of a recurrent sequence sum up both of their products") {
  const auto model = fmt::format(
      "{}h0 = Const value=[0,0] : f32[1,1,2]\nn = Const value=[1] : i32[1]\n{}{}b = Const value=[0,0,0,0,0,0] : "
      "f32[1,6]\ny = GRUSequence@opset5(q, h0, n, w, k, b) hidden_size=2 direction=forward activations=[sigmoid,tanh] "
      "activations_alpha=[] activations_beta=[] clip=0 linear_before_reset=false : f32[1,1,1,2], f32[1,1,2]\nr = "
      "Result(y.0)\n",
      data("1,1,2", kAround),
      dequantized("w", "v = Const value=[127,127,1,1,1,1,1,1,1,1,1,1] : i8[1,6,2]", "scale=.01"),
      dequantized("k", filled("u", "-1", "i8", "1,6,2"), "scale=.01"));
  CHECK(bounds(model) == "y: 0 + 1 of 6, 32766, 64770, 0  ");
}

TEST_CASE("a model without integers has no sums of them") {
  CHECK(saturation(
            parse_text("x = Parameter : f32[2,2]\n" + layer("MatMul(x, x) transpose_a=false transpose_b=false", "2,2")))
            .empty());
}

// 2.55 * 1.27 for the first two, twice: 6.477 exactly; 255 * 127 + 255 * 127 saturates to 32767, which is 3.2767.
TEST_CASE("a run as a CPU without VNNI has it") {
  const auto model = parse_text(mat_mul("127,64,127,64,0,0"));
  VerifyOptions options;
  const auto run = run_saturated(model, options).value();
  REQUIRE(run.layers.size() == 1);
  CHECK(run.layers[0].layer.name == "y");
  CHECK(run.layers[0].pairs == 2);
  CHECK(run.saturated_layers() == (run.layers[0].saturated != 0));
  CHECK((run.outputs[0].second.max_abs == 0) == (run.layers[0].saturated == 0));
  CHECK(!run_saturated(parse_text(mat_mul("1,64,127,64,0,0")), options));
  CHECK(!run_saturated(parse_text("x = Parameter : f32[2]\nr = Result(x)\n"), options));
}
