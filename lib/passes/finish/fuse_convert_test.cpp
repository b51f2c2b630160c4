#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fuse_convert";

}  // namespace

TEST_CASE("fuse_convert: a Multiply reads integers itself") {
  check_rewrite(kPass, "x = Parameter : u8[1,3]\ny = Dequantize(x) scale=.45 : f32[1,3]\nr = Result(y)\n", R"(
    x = Parameter                     : u8[1,3]
    "y/scale" = Const value=.45       : f32[]
    y = Multiply@type_relaxed_opset1(x, "y/scale") type_relax=true input_data_types=[f32,f32] output_data_types=f32 : f32[1,3]
    r = Result(y)
  )");
}

TEST_CASE(
    "fuse_convert: integers without a sign stay converted where something below 0 is subtracted, and other types too") {
  check_no_match(kPass,
                 "x = Parameter : u8[1,3]\ny = Dequantize(x) scale=.45 zero_point=-3 : f32[1,3]\nr = Result(y)\n");
  check_no_match(kPass,
                 "x = Parameter : f32[1,3]\nc = Const value=3 : i32[]\ny = Convert(x) : i32[1,3]\nz = Multiply(y, c) : "
                 "i32[1,3]\nr = Result(z)\n");
}

TEST_CASE("fuse_convert: the dialect openvino has no operation of mixed types") {
  check_conversion("x = Parameter : u8[1,3]\ny = Dequantize(x) scale=.45 : f32[1,3]\nr = Result(y)\n",
                   {"Multiply(x, 0.45)", "unchanged"});
}
