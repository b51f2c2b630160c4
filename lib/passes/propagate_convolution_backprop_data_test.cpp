#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"
#include "passes/check_weighted.hpp"

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
                "its output shape is no constant");
}
