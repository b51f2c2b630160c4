#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fit_group_convolution_weights";
constexpr std::string_view kWindow = "strides=[1,1] pads_begin=[0,0] pads_end=[0,0]";

/// A layer y of data q, which is quantized, and weights w, which a line declares.
std::string layer(std::string_view operation, std::string_view weights, std::string_view out,
                  RangeText range = {"0", "2.55"}) {
  return fake_quantized("q", "x = Parameter : f32[1,2,2,2]", 256, range) + std::string(weights) +
         fmt::format("y = {} : f32[{}]\nr = Result(y)\n", operation, out);
}

const std::string kConvolution = fmt::format("Convolution(q, w) {} dilations=[1,1] auto_pad=explicit", kWindow);
const std::string kDepthwise = fmt::format("GroupConvolution(q, w) {} dilations=[1,1] auto_pad=explicit", kWindow);

std::string stored(std::string_view values, std::string_view type, std::string_view shape,
                   std::string_view parameters) {
  return dequantized("w", fmt::format("v = Const value={} : {}[{}]", values, type, shape), parameters);
}
std::string shifted(std::string_view values, std::string_view shape, std::string_view parameters) {
  return dequantized("w", fmt::format("v_1 = Const value={} : i8[{}]", values, shape), parameters);
}

const std::string kMatMul = "MatMul(q, w) transpose_a=false transpose_b=true";
const std::string kBackwards =
    fmt::format("ConvolutionBackpropData(q, w) {} dilations=[1,1] auto_pad=explicit output_padding=[0,0]", kWindow);

void check(std::string_view pass, const std::string& operation, std::string_view out, const std::string& before,
           const std::string& after) {
  INFO(before);
  check_rewrite(pass, layer(operation, before, out), layer(operation, after, out), 1, 1e-6, Dialect::openvino);
}

}  // namespace

TEST_CASE("weights that fit i8 without their zero point lose it") {
  const auto* convolution = "fit_convolution_weights";
  check(convolution, kConvolution, "1,1,2,2", stored("[0,255]", "u8", "1,2,1,1", "scale=.01 zero_point=128"),
        shifted("[-128,127]", "1,2,1,1", "scale=.01"));
  check(convolution, kConvolution, "1,2,2,2",
        stored("[5,6,137,9]", "u8", "2,2,1,1", "scale=[.01,.02]@0 zero_point=[7,10]@0"),
        shifted("[-2,-1,127,-1]", "2,2,1,1", "scale=[.01,.02]@0"));
  check(convolution, kConvolution, "1,1,2,2", stored("[-100,27]", "i8", "1,2,1,1", "scale=.01 zero_point=-100"),
        shifted("[0,127]", "1,2,1,1", "scale=.01"));
  check(convolution, kConvolution, "1,1,2,2", stored("[3,127]", "u8", "1,2,1,1", "scale=.01"),
        shifted("[3,127]", "1,2,1,1", "scale=.01"));
  check(kPass, kDepthwise, "1,2,2,2", stored("[100,200]", "u8", "2,1,1,1,1", "scale=.01 zero_point=150"),
        shifted("[-50,50]", "2,1,1,1,1", "scale=.01"));
  check("fit_mat_mul_weights", kMatMul, "1,2,2,1", stored("[1,130]", "u8", "1,2", "scale=.01 zero_point=3"),
        shifted("[-2,127]", "1,2", "scale=.01"));
  check("fit_convolution_backprop_data_weights", kBackwards, "1,1,2,2",
        stored("[100,200]", "u8", "2,1,1,1", "scale=.01 zero_point=150"), shifted("[-50,50]", "2,1,1,1", "scale=.01"));
}

TEST_CASE("fit_group_convolution_weights: weights that leave i8 keep their zero point") {
  const auto text = layer(kDepthwise, stored("[2,131]", "u8", "2,1,1,1,1", "scale=.01 zero_point=3"), "1,2,2,2");
  check_refused(kPass, text, "without their zero point its weights leave i8, in 1 of 2 places on axis 0",
                Cause::weights_zero_point, Dialect::openvino);
}

TEST_CASE("weights keep their zero point where no kernel of OpenVINO's CPU is won") {
  const auto weights = stored("[0,255]", "u8", "2,1,1,1,1", "scale=.01 zero_point=128");
  const auto text = layer(kDepthwise, weights, "1,2,2,2");
  check_no_match(kPass, text, Dialect::type_relaxed);
  CHECK(Converted(text, Dialect::openvino).context.fitted.layers == 1);
  CHECK(Converted(text, Dialect::openvino, "generic").context.fitted.layers == 0);
  const auto on_real_data =
      "x = Parameter : f32[1,2,2,2]\n" + weights +
      fmt::format("y = GroupConvolution(x, w) {} dilations=[1,1] auto_pad=explicit : f32[1,2,2,2]\nr = Result(y)\n",
                  kWindow);
  check_no_match(kPass, on_real_data, Dialect::openvino);
  // A kernel of integers would round the zero point of the data, which lies between two steps.
  check_no_match(kPass, layer(kDepthwise, weights, "1,2,2,2", {"-1", "1"}), Dialect::openvino);
  CHECK(Converted(layer(kDepthwise, weights, "1,2,2,2", {"-1", "1.55"}), Dialect::openvino).context.fitted.layers == 1);
  // A zero point that lies between integers, or outside of the type.
  for (const auto* parameters : {"scale=.01 zero_point=128.5", "scale=.01 zero_point=300"})
    check_no_match(kPass, layer(kDepthwise, stored("[0,255]", "u8", "2,1,1,1,1", parameters), "1,2,2,2"),
                   Dialect::openvino);
}
