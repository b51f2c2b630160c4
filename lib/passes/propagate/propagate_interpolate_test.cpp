#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_interpolate";
constexpr auto kSizes = "s = Const value=[16,16] : i64[2]";
constexpr auto kFour = R"(s = Const value=[16,16] : i64[2]
    c = Const value=[2,2] : f32[2]
    a = Const value=[2,3] : i64[2])";

std::string four(std::string_view mode, std::string_view coordinates) {
  return "Interpolate@opset4(%, s, c, a) mode=" + std::string(mode) +
         " shape_calculation_mode=sizes coordinate_transformation_mode=" + std::string(coordinates) +
         " nearest_mode=floor";
}

}  // namespace

TEST_CASE("propagate_interpolate: the nearest element keeps its dequantization") {
  const char* channels = "scale=[.1,.2,.3,.4]@1 zero_point=[-.32,-.31,.31,.32]@1";
  check_moves(kPass, {"1,4,8,8", "Interpolate(%, s) axes=[2,3] mode=nearest align_corners=false", "1,4,16,16",
                      "scale=.1 zero_point=-.32", "scale=.1 zero_point=-.32", kSizes});
  check_moves(kPass, {"?,4,?,?", "Interpolate(%, s) axes=[2,3] mode=nearest align_corners=false", "?,4,16,16", channels,
                      channels, kSizes});
  for (const char* mode : {"half_pixel", "asymmetric", "tf_half_pixel_for_nn", "pytorch_half_pixel"})
    check_moves(kPass, {"1,4,8,8", four("nearest", mode), "1,4,16,16", channels, channels, kFour});
  check_moves(kPass, {"1,4,8,8",
                      "Interpolate@opset11(%, s, a) mode=nearest shape_calculation_mode=sizes "
                      "coordinate_transformation_mode=half_pixel nearest_mode=floor",
                      "1,4,16,16", channels, channels, kFour, "i8"});
}

TEST_CASE("propagate_interpolate: what computes new values, pads or aligns corners stays") {
  const auto stays = [](std::string_view operation, std::string_view constants, std::string_view reason) {
    check_stays(kPass, {"1,4,8,8", operation, "1,4,16,16", "scale=.1", {}, constants}, reason);
  };
  stays("Interpolate(%, s) axes=[2,3] mode=linear align_corners=false", kSizes, "its mode is linear, not nearest");
  stays("Interpolate(%, s) axes=[2,3] mode=nearest align_corners=true", kSizes, "it aligns corners");
  stays("Interpolate(%, s) axes=[2,3] mode=nearest align_corners=false pads_begin=[0,0,0,1]", kSizes, "it pads");
  stays(four("linear_onnx", "half_pixel"), kFour, "its mode is linear_onnx, not nearest");
  stays(four("nearest", "align_corners"), kFour, "it aligns corners");
  check_stays(kPass,
              {"1,4,16,16",
               "Interpolate(%, s) axes=[1,2] mode=nearest align_corners=false",
               "1,16,16,16",
               "scale=.1",
               {},
               kSizes},
              "it resizes axis 1");
  check_stays(kPass,
              {"1,4,8,8",
               "Interpolate@opset4(%, s, c, a) mode=nearest shape_calculation_mode=sizes "
               "coordinate_transformation_mode=asymmetric nearest_mode=floor",
               "1,8,8,8",
               "scale=[1,2,3,4]@1",
               {},
               "s = Const value=[8] : i64[1]\nc = Const value=[2] : f32[1]\na = Const value=[1] : i64[1]"},
              "its scale of shape [1,4,1,1] cannot be told behind the operation");
  check_stays(kPass,
              {"1,4,8,8",
               four("nearest", "half_pixel"),
               "1,4,?,?",
               "scale=.1",
               {},
               "s = Parameter : i64[2]\nc = Const value=[2,2] : f32[2]\na = Const value=[2,3] : i64[2]"},
              "its sizes, scales or axes are no constants");
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("Interpolate: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution(
          {"1,4,8,8", "Interpolate(%, s) axes=[2,3] mode=nearest align_corners=false", "1,4,16,16", kSizes}),
      {"Multiply(Convolution(Subtract(Interpolate(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,4,1,1]), "
       "2:i8[1,4,1,1]), 0.0001)",
       "Convolution(Interpolate(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,4,1,1]), 0.0001))"});
}
