#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "testing/check_weighted.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "round_zero_points";

std::string text(std::string_view data, std::string_view value) {
  return fmt::format(
      "x = Parameter : u8[1,3,2,2]\nw = Const value=[1,2,3] : i8[1,3,1,1]\n{}y = Convolution@type_relaxed_opset1({}, "
      "w) type_relax=true "
      "input_data_types=[f32,f32] output_data_types=f32 strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
      "auto_pad=explicit : f32[1,1,2,2]\nr = Result(y)\n",
      data, value);
}

void check(std::string_view before, std::string_view after) {
  check_rewrite(
      kPass,
      text(fmt::format(
               "c = Convert(x) : f32[1,3,2,2]\nz = Const value={} : f32[1,3,1,1]\nd = Subtract(c, z) : f32[1,3,2,2]\n",
               before),
           "d"),
      text(fmt::format("\"d/zero_point\" = Const value={} : u8[1,3,1,1]\nd = Subtract@type_relaxed_opset1(x, "
                       "\"d/zero_point\") type_relax=true "
                       "input_data_types=\"\" output_data_types=f32 : f32[1,3,2,2]\n",
                       after),
           "d"),
      1, 1);
}

}  // namespace

TEST_CASE("round_zero_points: half a step goes away from 0, and 0 goes altogether") {
  check("[82.976,127.5,0.3]", "[83,128,0]");
  check("[2.5,2.4999,255.4]", "[3,2,255]");
  check_rewrite(
      kPass,
      text("\"c\" = Convert(x) : f32[1,3,2,2]\nz = Const value=0.3 : f32[]\nd = Subtract(c, z) : f32[1,3,2,2]\n", "d"),
      text("", "x"), 1, 1);
}

// 256 levels from -1.28 have their zero at 128; that of -1.23..2.55 would lie between 82 and 83.
TEST_CASE("round_zero_points: the dialect openvino has no zero points to round") {
  const auto text = [](RangeText range) {
    return fake_quantized("f", "x = Parameter : f32[1,2,2,2]", 256, range) +
           dequantized("w", filled("v", "2", "i8", "1,2,1,1"), "scale=.01") +
           "y = Convolution(f, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
           "f32[1,1,2,2]\nr = Result(y)\n";
  };
  check_conversion(text({"-1.28", "1.27"}),
                   {"Multiply(Convolution(Subtract(FQ256(x; -1.28..1.27 -> 0..255):u8, 128:u8[1,2,1,1]), "
                    "2:i8[1,2,1,1]), 0.0001)",
                    "Convolution(FQ256(x; -1.28..1.27 -> -128..127), Multiply(Convert(2:i8[1,2,1,1]), 0.0001))"});
  // 83 instead of 82.976: 0.024 steps of the 90 or more that random data reaches.
  constexpr double kRoundedZeroPoint = 0.01;
  check_conversion(text({"-1.23", "2.55"}),
                   {"Multiply(Convolution(Subtract(FQ256(x; -1.23..2.55 -> 0..255):u8, 83:u8[1,2,1,1]), "
                    "2:i8[1,2,1,1]), 0.000148235)",
                    "unchanged", "cpu", kRoundedZeroPoint});
}
