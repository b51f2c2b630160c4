#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_avg_pool";
constexpr auto kPool =
    "kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] \"exclude-pad\"=true rounding_type=floor "
    "auto_pad=explicit";

}  // namespace

TEST_CASE("propagate_avg_pool: moves a dequantization below the pool, whose averages are real") {
  check_relaxed(kPass,
                {"1,3,8,8", "AvgPool", "opset1", "", kPool, "1,3,4,4", "scale=.02 zero_point=128", ".02", "", "128"});
  check_relaxed(kPass, {"1,3,8,8", "AvgPool", "opset14", "", kPool, "1,3,4,4",
                        "scale=[3,1,2]@1 zero_point=[128,0,64]@1", "[3,1,2]", "1,3,1,1", "[128,0,64]", "1,3,1,1"});
  check_relaxed(kPass, {"1,3,8,8",
                        "AvgPool",
                        "opset1",
                        "",
                        kPool,
                        "1,3,4,4",
                        "scale=-3 zero_point=64",
                        "-3",
                        "",
                        "64",
                        "",
                        {},
                        {},
                        "i8"});
}

TEST_CASE("propagate_avg_pool: padding that counts is 0, which has to be the stored 0") {
  constexpr auto kPadded =
      "kernel=[2,2] strides=[2,2] pads_begin=[1,1] pads_end=[1,1] \"exclude-pad\"=false rounding_type=floor "
      "auto_pad=explicit";
  check_relaxed(kPass, {"1,3,8,8", "AvgPool", "opset1", "", kPadded, "1,3,5,5", "scale=.02", ".02"});
  check_stays(kPass, {"1,3,8,8", std::string("AvgPool(%) ") + kPadded, "1,3,5,5", "scale=.02 zero_point=128"},
              "its padding counts as 0, and its input has a zero point");
}

// A runtime may round the averages, a file may not: on real edges nothing is rounded that the model does not round.
TEST_CASE("AvgPool: stored integers in front of an integer operation are averaged as real numbers") {
  std::string text = dequantized("a", "x = Parameter : u8[1,2,4,4]", "scale=.1");
  text +=
      "p = AvgPool(a) kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] exclude-pad=true auto_pad=explicit "
      "rounding_type=floor : f32[1,2,2,2]\n";
  text += dequantized("w", filled("v", "2", "i8", "1,2,1,1"), "scale=.01");
  text +=
      "y = Convolution(p, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[1,1,2,2]\nr = Result(y)\n";
  constexpr double kRoundedAverage = 0.01;
  check_conversion(text, {"Multiply(Convolution(AvgPool(x):u8, 2:i8[1,2,1,1]), 0.001)",
                          "Convolution(Multiply(AvgPool(Convert(x)), 0.1), Multiply(Convert(2:i8[1,2,1,1]), 0.01))",
                          "cpu", kRoundedAverage});
}

// Rows AP05 and AP06.
TEST_CASE("AvgPool: gives real numbers where no integer operation follows") {
  const std::string pool = std::string(" ") + kPool + " : f32[1,2,4,4]\n";
  check_conversion(dequantized("a", "x = Parameter : u8[1,2,8,8]", "scale=.02") + "p = AvgPool(a)" + pool +
                       "y = SoftMax@opset8(p) axis=1 : f32[1,2,4,4]\nr = Result(y)\n",
                   {"SoftMax(Multiply(AvgPool(x), 0.02))", "SoftMax(Multiply(AvgPool(Convert(x)), 0.02))"});
}

TEST_CASE("AvgPool: a FakeQuantize behind takes the scale") {
  std::string text = fake_quantized("a", "x = Parameter : f32[1,2,8,8]", 256, {"0", "2.55"});
  text +=
      fake_quantized("b", std::string("p = AvgPool(a) ") + kPool + " : f32[1,2,4,4]", 256, {"0", "2.5371"});  // no tie
  text += dequantized("w", filled("v", "2", "i8", "1,2,1,1"), "scale=.01");
  text +=
      "y = Convolution(b, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[1,1,4,4]\nr = Result(y)\n";
  check_conversion(text,
                   {"Multiply(Convolution(FQ256(AvgPool(FQ256(x; 0..2.55 -> 0..255):u8); 0..253.71 -> 0..255):u8, "
                    "2:i8[1,2,1,1]), 9.94941e-05)",
                    "Convolution(FQ256(AvgPool(FQ256(x; 0..2.55 -> 0..2.55)); 0..2.5371 -> 0..255), "
                    "Multiply(Convert(2:i8[1,2,1,1]), 9.94941e-05))"});
}

// A runtime rounds the averages of integers where a scale stands behind them.
TEST_CASE("AvgPool: on a real edge the scale stays in front unless a FakeQuantize takes it in") {
  const auto text = [](const std::string& behind) {
    std::string lines = fake_quantized("a", "x = Parameter : f32[1,2,8,8]", 256, {"0", "2.55"});
    lines += std::string("p = AvgPool(a) ") + kPool + " : f32[1,2,4,4]\n" + behind;
    lines += dequantized("w", filled("v", "2", "i8", "1,2,1,1"), "scale=.01");
    return lines +
           "y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
           "f32[1,1,8,8]\ns = Result(y)\n";
  };
  check_conversion_refused(kPass, text("r = Result(p)\n"), Dialect::openvino, fact_text("average_of_steps"),
                           Cause::runtime_misreads_form);
  check_conversion(
      text("l = Const value=0 : f32[]\nh = Const value=2 : f32[]\nq = FakeQuantize(p, l, h, l, h) levels=256 "
           ": f32[1,2,4,4]\nr = Result(q)\n"),
      {"FQ256(AvgPool(FQ256(x; 0..2.55 -> 0..255):u8); 0..200 -> 0..2)\n"
       "Multiply(Convolution(FQ256(x; 0..2.55 -> 0..255):u8, 2:i8[1,2,1,1]), 0.0001)",
       "FQ256(AvgPool(FQ256(x; 0..2.55 -> 0..255)); 0..200 -> 0..2)\n"
       "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Convert(2:i8[1,2,1,1]), 0.0001))"});
}
