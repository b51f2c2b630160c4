#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "testing/check_weighted.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_convolution_backprop_data";

WeightedLayer layer(std::string activations, std::string weights) {
  return {kPass,
          "ConvolutionBackpropData",
          "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit output_padding=[0,0]",
          "1,4,3,3",
          "4,2,1,1",
          "1,2,3,3",
          std::move(activations),
          std::move(weights)};
}

}  // namespace

// Rows BD.. of the specification of weighted operations.
TEST_CASE("propagate_convolution_backprop_data: output channels are axis 1 of the weights") {
  check_weighted(layer("scale=.02", "scale=.01"), "0.0002", "");
  check_weighted(layer("scale=.02", "scale=[.01,.02]@1"), "[2e-4,4e-4]", "1,2,1,1");
  check_weighted(layer("scale=.02 zero_point=128", "scale=.01"), "0.0002", "", {"128", ""});
  check_weighted(layer("scale=.02", "scale=.01 zero_point=2"), "0.0002", "", {}, {"[2,2]", "1,2,1,1"});
  check_weighted(layer("scale=.02 zero_point=[1,2,3,4]@1", "scale=.01"), "0.0002", "", {"[1,2,3,4]", "1,4,1,1"});
  check_weighted(layer("scale=[.02,.02,.02,.02]@1", "scale=.01"), "0.0002", "");
}

TEST_CASE("propagate_convolution_backprop_data: scales along the input channels are refused") {
  check_weighted_refused(layer("scale=[.02,.01,.02,.02]@1", "scale=.01"),
                         "its activations have a scale for each channel");
  check_weighted_refused(layer("scale=.02", "scale=[.01,.01,.01,.01]@0"),
                         "the scale of its weights, of shape [4,1,1,1], does not lie along the output channels");
}

TEST_CASE("propagate_convolution_backprop_data: an output shape that is computed is refused") {
  check_refused(kPass, R"(
    x = Parameter                       : u8[1,1,2,2]
    s = Parameter                       : i64[2]
    v = Const value=3                   : i8[1,1,1,1]
    w = Dequantize(v) scale=.01         : f32[1,1,1,1]
    a = Dequantize(x) scale=.02         : f32[1,1,2,2]
    y = ConvolutionBackpropData(a, w, s) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit output_padding=[0,0] : f32[1,1,?,?]
    r = Result(y)
  )",
                "its output shape is no constant", Cause::operand_not_constant);
}

namespace {

constexpr auto kAttributes =
    "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit output_padding=[0,0]";

/// A ConvolutionBackpropData of `a` and `w`, which the lines declare, and what else it reads.
std::string convolved(const std::string& lines, std::string_view more = "") {
  return lines +
         fmt::format("y = ConvolutionBackpropData(a, w{}) {} : f32[1,2,3,3]\nr = Result(y)\n", more, kAttributes);
}
const std::string kBytes = dequantized("a", "x = Parameter : u8[1,4,3,3]", "scale=.02");
std::string two(RangeText out) {
  return fake_quantized("w", filled("v", "2", "f32", "4,2,1,1"), 255, {"0", "254"}, out);
}

}  // namespace

// Rows BD01 to BD14, through the whole pipeline.
TEST_CASE("ConvolutionBackpropData: weights under FakeQuantize") {
  const auto weights = two({"-1.27", "1.27"});
  check_conversion(convolved(dequantized("a", "x = Parameter : u8[1,4,3,3]", "scale=.02 zero_point=128") + weights),
                   {"Multiply(ConvolutionBackpropData(Subtract(x, 128:u8), -125:i8[4,2,1,1]), 0.0002)",
                    "ConvolutionBackpropData(Multiply(Subtract(Convert(x), 128), 0.02), "
                    "Multiply(Convert(-125:i8[4,2,1,1]), 0.01))"});
  check_conversion(convolved(kBytes + two({"[-1.27,-1.27]", "[1.27,1.27]", "1,2,1,1"})),
                   {"Multiply(ConvolutionBackpropData(x, -125:i8[4,2,1,1]), 0.0002)",
                    "ConvolutionBackpropData(Multiply(Convert(x), 0.02), Multiply(FQ256(Convert(-125:i8[4,2,1,1]); "
                    "-128..127 -> -128..127), 0.01[1,2,1,1]))"});
  check_conversion(convolved(kBytes + weights + "o = Const value=[3,3] : i64[2]\n", ", o"),
                   {"Multiply(ConvolutionBackpropData(x, -125:i8[4,2,1,1]), 0.0002)",
                    "ConvolutionBackpropData(Multiply(Convert(x), 0.02), Multiply(FQ256(Convert(-125:i8[4,2,1,1]); "
                    "-128..127 -> -128..127), 0.01))"});
  check_conversion(
      convolved(dequantized("a", "x = Parameter : u8[1,4,3,3]", "scale=[.02,.01,.02,.01]@1") + weights),
      {"ConvolutionBackpropData(Multiply(x, [0.02,0.01,0.02,0.01][1,4,1,1]), Multiply(Convert(-125:i8[4,2,1,1]), "
       "0.01))",
       "ConvolutionBackpropData(Multiply(Convert(x), [0.02,0.01,0.02,0.01][1,4,1,1]), "
       "Multiply(Convert(-125:i8[4,2,1,1]), 0.01))"});
  check_conversion(convolved(kBytes + two({"[-1.27,-2.54,-1.27,-2.54]", "[1.27,2.54,1.27,2.54]", "4,1,1,1"})),
                   {"ConvolutionBackpropData(Multiply(x, 0.02), Multiply(Convert(-125:i8[4,2,1,1]), "
                    "[0.01,0.02,0.01,0.02][4,1,1,1]))",
                    "ConvolutionBackpropData(Multiply(Convert(x), 0.02), Multiply(Convert(-125:i8[4,2,1,1]), "
                    "[0.01,0.02,0.01,0.02][4,1,1,1]))"});
}

TEST_CASE("ConvolutionBackpropData: stored weights") {
  const auto stored = [](std::string_view dequantization) {
    return dequantized("w", filled("v", "2", "i8", "4,2,1,1"), dequantization);
  };
  check_conversion(convolved(kBytes + stored("scale=[.01,.02]@1")),
                   {"Multiply(ConvolutionBackpropData(x, 2:i8[4,2,1,1]), [0.0002,0.0004][1,2,1,1])", "unchanged"});
  check_conversion(
      convolved(kBytes + stored("scale=.01 zero_point=2")),
      {"Multiply(ConvolutionBackpropData(x, Subtract(2:i8[4,2,1,1], 2:i8[1,2,1,1])), 0.0002)", "unchanged"});
}

// Row GB01: the runtime has no integer kernel for it.
TEST_CASE("GroupConvolutionBackpropData: works on real numbers, over stored integers") {
  check_conversion(
      fake_quantized("a", "x = Parameter : f32[1,4,3,3]", 256, {"0", "2.55"}) +
          fake_quantized("w", filled("v", ".5", "f32", "2,2,3,1,1"), 255, {"-1.27", "1.27"}) +
          fmt::format("y = GroupConvolutionBackpropData(a, w) {} : f32[1,6,3,3]\nr = Result(y)\n", kAttributes),
      {"GroupConvolutionBackpropData(FQ256(x; 0..2.55 -> 0..2.55), Multiply(Convert(50:i8[2,2,3,1,1]), "
       "0.01))",
       "GroupConvolutionBackpropData(FQ256(x; 0..2.55 -> 0..2.55), Multiply(Convert(50:i8[2,2,3,1,1]), 0.01))"});
}

// The scale is 1.5/255, the zero point -128 + 0.5/scale.
TEST_CASE("ConvolutionBackpropData: weights with a zero point are stored under a guard") {
  const auto check = [](const std::string& activations, std::string_view data, std::string_view range) {
    const auto text = convolved(
        activations + fake_quantized("w", "v = Const value=[-1,.3,.7,1,-1,.3,.7,1] : f32[4,2,1,1]", 256, {"-.5", "1"}));
    const Converted converted(text, Dialect::openvino);
    CHECK(converted.formula() ==
          fmt::format("ConvolutionBackpropData({}, FQ256(Convert([-128,8,76,127,-128,8,76,127]:i8[4,2,1,1]); -128..127 "
                      "-> {}))",
                      data, range));
    check_same_function(parse_text(text), converted.model, 1e-5);
  };
  check(fake_quantized("a", "x = Parameter : f32[1,4,3,3]", 256, {"0", "2.55"}), "FQ256(x; 0..2.55 -> 0..255)",
        "-0.005..0.01");
  check("a = Parameter : f32[1,4,3,3]\n", "a", "-0.5..1");
}

// Law: the operation is linear in data and weights; on a real edge the scale of both stands at the weights.
TEST_CASE("ConvolutionBackpropData: the steps of a FakeQuantize") {
  check_conversion(convolved(fake_quantized("a", "x = Parameter : f32[1,4,3,3]", 256, {"-1.28", "1.27"}) +
                             dequantized("w", filled("v", "2", "i8", "4,2,1,1"), "scale=[.01,.02]@1")),
                   {"Multiply(ConvolutionBackpropData(FQ256(x; -1.28..1.27 -> -128..127):i8, 2:i8[4,2,1,1]), "
                    "[0.0001,0.0002][1,2,1,1])",
                    "ConvolutionBackpropData(FQ256(x; -1.28..1.27 -> -128..127), Multiply(Convert(2:i8[4,2,1,1]), "
                    "[0.0001,0.0002][1,2,1,1]))"});
}

TEST_CASE("propagate_group_convolution_backprop_data: no built-in target has a kernel for it") {
  check_refused(
      "propagate_group_convolution_backprop_data",
      dequantized("a", "x = Parameter : u8[1,4,3,3]", "scale=.02") +
          dequantized("w", filled("v", "2", "i8", "2,2,3,1,1"), "scale=.01") +
          fmt::format("y = GroupConvolutionBackpropData(a, w) {} : f32[1,6,3,3]\nr = Result(y)\n", kAttributes),
      "target cpu has no integer kernel for it", Cause::no_kernel_on_target);
}
