#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"
#include "passes/check_weighted.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_group_convolution";

WeightedLayer layer(std::string activations, std::string weights) {
  return {kPass,
          "GroupConvolution",
          "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit",
          "1,6,4,4",
          "3,4,2,1,1",
          "1,12,4,4",
          std::move(activations),
          std::move(weights)};
}

}  // namespace

// Rows GC.. of the specification of weighted operations: 6 channels in 3 groups, 4 outputs each.
TEST_CASE("propagate_group_convolution: activations may have a scale for each group") {
  check_weighted(layer("scale=[.02,.02,.04,.04,.08,.08]@1", "scale=.01"),
                 "[2e-4,2e-4,2e-4,2e-4,4e-4,4e-4,4e-4,4e-4,8e-4,8e-4,8e-4,8e-4]", "1,12,1,1");
  check_weighted(layer("scale=[.02,.02,.02,.02,.02,.02]@1", "scale=.01"), "0.0002", "");
  check_weighted(layer("scale=.1 zero_point=[1,2,3,4,5,6]@1", "scale=.01"), "0.001", "", {"[1,2,3,4,5,6]", "1,6,1,1"});
  check_weighted(layer("scale=.02 zero_point=128", "scale=.01"), "0.0002", "",
                 {"[128,128,128,128,128,128]", "1,6,1,1"});
}

TEST_CASE("propagate_group_convolution: a scale of the weights for each group serves all of its outputs") {
  check_weighted(layer("scale=.1", "scale=[.01,.02,.03]@0"),
                 "[1e-3,1e-3,1e-3,1e-3,2e-3,2e-3,2e-3,2e-3,3e-3,3e-3,3e-3,3e-3]", "1,12,1,1");
}

TEST_CASE("propagate_group_convolution: each output channel may have its own") {
  check_rewrite(kPass, R"(
    x = Parameter                                   : u8[1,2,2,2]
    w = Const value=[1,2,3,4]                       : i8[2,2,1,1,1]
    s = Const value=[.01,.02,.03,.04]               : f32[2,2,1,1,1]
    a = Dequantize(x) scale=[.1,.2]@1               : f32[1,2,2,2]
    c = Convert(w)                                  : f32[2,2,1,1,1]
    b = Multiply(c, s)                              : f32[2,2,1,1,1]
    y = GroupConvolution(a, b) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,4,2,2]
    r = Result(y)
  )",
                R"(
    x = Parameter                                   : u8[1,2,2,2]
    w = Const value=[1,2,3,4]                       : i8[2,2,1,1,1]
    y_original = GroupConvolution@type_relaxed_opset1(x, w) type_relax=true input_data_types=[f32,f32] output_data_types=f32 strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,4,2,2]
    "y/scale" = Const value=[.001,.002,.006,.008]   : f32[1,4,1,1]
    y = Multiply(y_original, "y/scale")             : f32[1,4,2,2]
    r = Result(y)
  )",
                1, 1e-6);
}

TEST_CASE("propagate_group_convolution: a scale that differs within a group is refused") {
  check_weighted_refused(layer("scale=[.02,.03,.04,.04,.08,.08]@1", "scale=.01"),
                         "its activations have a scale for each channel");
}
