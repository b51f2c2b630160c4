#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"
#include "passes/check_weighted.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_convolution";

WeightedLayer layer(std::string activations, std::string weights) {
  return {kPass,
          "Convolution",
          "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit",
          "1,3,4,4",
          "2,3,1,1",
          "1,2,4,4",
          std::move(activations),
          std::move(weights)};
}

}  // namespace

// a*b_i for each output channel i; rows CV.. of the specification of weighted operations.
TEST_CASE("propagate_convolution: the scales meet behind the operation") {
  check_weighted(layer("scale=.02", "scale=.01"), "0.0002", "");
  check_weighted(layer("scale=.1", "scale=[.01,.02]@0"), "[0.001,0.002]", "1,2,1,1");
  check_weighted(layer("scale=.1", "scale=[.01,.01]@0"), "0.001", "");
  check_weighted(layer("scale=[.02,.02,.02]@1", "scale=.01"), "0.0002", "");
  auto bytes = layer("scale=.1", "scale=.01");
  bytes.weights_type = "u8";
  check_weighted(bytes, "0.001", "");
}

TEST_CASE("propagate_convolution: zero points stay in front, one for each channel") {
  check_weighted(layer("scale=.02 zero_point=128", "scale=.01"), "0.0002", "", {"[128,128,128]", "1,3,1,1"});
  check_weighted(layer("scale=.02 zero_point=[128,0,128]@1", "scale=.01"), "0.0002", "", {"[128,0,128]", "1,3,1,1"});
  check_weighted(layer("scale=.02 zero_point=.3", "scale=.01"), "0.0002", "", {"[.3,.3,.3]", "1,3,1,1"});
  check_weighted(layer("scale=.1", "scale=[.01,.02]@0 zero_point=[1,2]@0"), "[0.001,0.002]", "1,2,1,1", {},
                 {"[1,2]", "2,1,1,1"});
  check_weighted(layer("scale=.02 zero_point=127", "scale=.03 zero_point=127"), "0.00059999997", "",
                 {"[127,127,127]", "1,3,1,1"}, {"127", ""});
}

TEST_CASE("propagate_convolution: every rank") {
  check_weighted({kPass, "Convolution", "strides=1 dilations=1 pads_begin=0 pads_end=0 auto_pad=explicit", "1,3,8",
                  "2,3,1", "1,2,8", "scale=.1 zero_point=3", "scale=[.01,.02]@0"},
                 "[0.001,0.002]", "1,2,1", {"[3,3,3]", "1,3,1"});
  check_weighted(
      {kPass, "Convolution", "strides=[1,1,1] dilations=[1,1,1] pads_begin=[0,0,0] pads_end=[0,0,0] auto_pad=explicit",
       "1,3,2,2,2", "2,3,1,1,1", "1,2,2,2,2", "scale=.1 zero_point=3", "scale=[.01,.02]@0"},
      "[0.001,0.002]", "1,2,1,1,1", {"[3,3,3]", "1,3,1,1,1"});
}

TEST_CASE("propagate_convolution: what an integer kernel cannot take is refused with a reason") {
  check_weighted_refused(layer("scale=[.02,.01,.03]@1", "scale=.01"), "its activations have a scale for each channel");
  check_weighted_refused(layer("scale=.02 zero_point=1000", "scale=.01"),
                         "its activations: zero point 1000 does not fit u8");
  check_weighted_refused(layer("scale=.02", "scale=.01 zero_point=1000"),
                         "its weights: zero point 1000 does not fit i8");
  check_weighted_refused(layer("scale=.02", "scale=[.01,.01,.01]@1"),
                         "the scale of its weights, of shape [1,3,1,1], does not lie along the output channels");
  auto signed_data = layer("scale=.02", "scale=.01");
  signed_data.data_type = "i8";
  check_weighted_refused(signed_data, "target cpu takes no activations of type i8");
  check_refused(kPass, R"(
    x = Parameter                  : u8[1,3,4,4]
    w = Parameter                  : f32[2,3,1,1]
    a = Dequantize(x) scale=.02    : f32[1,3,4,4]
    y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,2,4,4]
    r = Result(y)
  )",
                "its weights are not quantized");
  check_refused(kPass, R"(
    x = Parameter                  : u8[1,3,4,4]
    v = Parameter                  : i8[2,3,1,1]
    w = Dequantize(v) scale=.01    : f32[2,3,1,1]
    a = Dequantize(x) scale=.02    : f32[1,3,4,4]
    y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,2,4,4]
    r = Result(y)
  )",
                "its weights are no constant");
}

TEST_CASE("propagate_convolution: weights for other channels than the data has are refused") {
  check_refused(kPass, R"(
    x = Parameter                  : u8[1,4,4,4]
    v = Const value=[1,2,3,4,5,6]  : i8[2,3,1,1]
    w = Dequantize(v) scale=.01    : f32[2,3,1,1]
    a = Dequantize(x) scale=.02    : f32[1,4,4,4]
    y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,2,4,4]
    r = Result(y)
  )",
                "its weights are for 3 channels, its data is [1,4,4,4]");
}

TEST_CASE("propagate_convolution: real activations are none of its business") {
  check_no_match(kPass, R"(
    x = Parameter                  : f32[1,3,4,4]
    v = Const value=[1,2,3,4,5,6]  : i8[2,3,1,1]
    w = Dequantize(v) scale=.01    : f32[2,3,1,1]
    y = Convolution(x, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,2,4,4]
    r = Result(y)
  )");
}
