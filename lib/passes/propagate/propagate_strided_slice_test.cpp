#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_strided_slice";

}  // namespace

namespace {

constexpr auto kChannels = R"(b = Const value=[0,0,0,0] : i64[4]
    e = Const value=[1,2,1,1] : i64[4]
    s = Const value=[1,1,1,1] : i64[4])";
constexpr auto kFirstTwo = "StridedSlice(%, b, e, s) begin_mask=[1,0,1,1] end_mask=[1,0,1,1]";

}  // namespace

TEST_CASE("propagate_strided_slice: a slice of the channels takes their parameters") {
  check_moves(kPass,
              {"1,3,8,8", kFirstTwo, "1,2,8,8", "scale=.1 zero_point=128", "scale=.1 zero_point=128", kChannels});
  check_moves(kPass, {"1,3,8,8", kFirstTwo, "1,2,8,8", "scale=[.1,.1,.1]@1 zero_point=[128,128,128]@1",
                      "scale=.1 zero_point=128", kChannels});
  check_moves(kPass, {"1,3,8,8", kFirstTwo, "1,2,8,8", "scale=[.1,.01,1]@1 zero_point=[128,64,128]@1",
                      "scale=[.1,.01]@1 zero_point=[128,64]@1", kChannels});
  check_moves(kPass, {"1,3,8,8", kFirstTwo, "1,2,8,8", "scale=[.1,.01,1]@1 zero_point=[32,64,32]@1",
                      "scale=[.1,.01]@1 zero_point=[32,64]@1", kChannels, "i8"});
  check_moves(kPass, {"1,3,4,4", kFirstTwo, "1,2,4,4", "scale=[3,2,1,3]@2 zero_point=[32,64,32,64]@2",
                      "scale=[3,2,1,3]@2 zero_point=[32,64,32,64]@2", kChannels});
}

TEST_CASE("propagate_strided_slice: a slice of the image keeps the parameters of the channels") {
  constexpr auto kImage = R"(b = Const value=[0,0,0,0] : i64[4]
    e = Const value=[1,3,5,8] : i64[4]
    s = Const value=[1,1,1,1] : i64[4])";
  check_moves(kPass, {"1,3,8,8", "StridedSlice(%, b, e, s) begin_mask=[1,1,0,1] end_mask=[1,1,0,1]", "1,3,5,8",
                      "scale=[.1,.01,1]@1 zero_point=[1,2,3]@1", "scale=[.1,.01,1]@1 zero_point=[1,2,3]@1", kImage});
}

TEST_CASE("propagate_strided_slice: an axis that is dropped or added is one of the parameters, too") {
  constexpr auto kSecond = R"(b = Const value=[0,1,0,0] : i64[4]
    e = Const value=[1,2,1,1] : i64[4]
    s = Const value=[1,1,1,1] : i64[4])";
  const char* before = "scale=[.1,.2,.3]@1 zero_point=[128,64,32]@1";
  check_moves(kPass,
              {"1,3,8,8", "StridedSlice(%, b, e, s) begin_mask=[1,0,1,1] end_mask=[1,0,1,1] shrink_axis_mask=[0,1,0,0]",
               "1,8,8", before, "scale=.2 zero_point=64", kSecond});
  check_moves(kPass,
              {"1,3,8,8", "StridedSlice(%, b, e, s) begin_mask=[1,0,1,1] end_mask=[1,0,1,1] new_axis_mask=[0,1,0,0]",
               "1,1,3,8,8", before, "scale=[.1,.2,.3]@2 zero_point=[128,64,32]@2", kSecond});
  constexpr auto kLast = R"(b = Const value=[-1] : i64[1]
    e = Const value=[0] : i64[1])";
  check_moves(kPass, {"4,3,5", "StridedSlice(%, b, e) begin_mask=[0] end_mask=[0] shrink_axis_mask=[1]", "3,5",
                      "scale=[1,2,3]@1", "scale=[1,2,3]@0", kLast});
}

TEST_CASE("propagate_strided_slice: steps may go backwards") {
  constexpr auto kBack = R"(b = Const value=[0,3] : i64[2]
    e = Const value=[0,-5] : i64[2]
    s = Const value=[1,-2] : i64[2])";
  check_moves(kPass, {"1,4,5", "StridedSlice(%, b, e, s) begin_mask=[1,0] end_mask=[1,0]", "1,2,5", "scale=[1,2,3,4]@1",
                      "scale=[4,2]@1", kBack});
}

TEST_CASE("propagate_strided_slice: an ellipsis stands for the axes that are not named") {
  constexpr auto kLastAxis = R"(b = Const value=[0,1] : i64[2]
    e = Const value=[0,3] : i64[2])";
  constexpr auto kSlice = "StridedSlice(%, b, e) begin_mask=[0,0] end_mask=[0,0] ellipsis_mask=[1,0]";
  check_moves(kPass, {"1,3,4", kSlice, "1,3,2", "scale=[1,2,3]@1", "scale=[1,2,3]@1", kLastAxis});
  check_moves(kPass, {"1,3,4", kSlice, "1,3,2", "scale=[1,2,3,4]@2", "scale=[2,3]@2", kLastAxis});
}

TEST_CASE("propagate_strided_slice: a dequantization without scale stays") {
  check_refused(kPass, R"(
    x = Parameter                 : u8[4,3]
    b = Const value=[1]           : i64[1]
    e = Const value=[2]           : i64[1]
    z = Const value=5             : f32[]
    c = Convert(x)                : f32[4,3]
    d = Subtract(c, z)            : f32[4,3]
    y = StridedSlice(d, b, e) begin_mask=[0] end_mask=[0] : f32[1,3]
    r = Result(y)
  )",
                "its dequantization has no scale", Cause::input_without_scale);
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("StridedSlice: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution({"1,3,8,8", kFirstTwo, "1,2,8,8", kChannels}),
      {"Multiply(Convolution(Subtract(StridedSlice(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,2,1,1]), "
       "2:i8[1,2,1,1]), 0.0001)",
       "Convolution(StridedSlice(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,2,1,1]), 0.0001))"});
}
