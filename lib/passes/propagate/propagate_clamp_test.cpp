#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_clamp";

}  // namespace

TEST_CASE("propagate_clamp: the bounds are counted in steps, and exchanged by a negative scale") {
  check_relaxed(kPass, {"1,3,4,4",
                        "Clamp",
                        "opset1",
                        "",
                        "min=0 max=6",
                        "1,3,4,4",
                        "scale=3 zero_point=128",
                        "3",
                        "",
                        "128",
                        "",
                        {},
                        "min=128 max=130"});
  check_relaxed(kPass, {"1,3,4,4",
                        "Clamp",
                        "opset1",
                        "",
                        "min=-10 max=20",
                        "1,3,4,4",
                        "scale=-5 zero_point=128",
                        "-5",
                        "",
                        "128",
                        "",
                        {},
                        "min=124 max=130",
                        "i8"});
  check_relaxed(
      kPass,
      {"1,3,4,4", "Clamp", "opset1", "", "min=0 max=6", "1,3,4,4", "scale=3", "3", "", {}, {}, {}, "min=0 max=2"});
  check_relaxed(kPass, {"1,3,4,4",
                        "Clamp",
                        "opset1",
                        "",
                        "min=0 max=6",
                        "1,3,4,4",
                        "scale=[3,3,3]@1 zero_point=[128,128,128]@1",
                        "[3,3,3]",
                        "1,3,1,1",
                        "[128,128,128]",
                        "1,3,1,1",
                        {},
                        "min=128 max=130"});
}

TEST_CASE("propagate_clamp: one pair of bounds needs one scale and one zero point") {
  check_stays(kPass, {"1,3,4,4", "Clamp(%) min=0 max=6", "1,3,4,4", "scale=[1,2,3]@1"},
              "its input is quantized per channel");
  check_stays(kPass, {"1,3,4,4", "Clamp(%) min=0 max=6", "1,3,4,4", "scale=3 zero_point=[1,2,3]@1"},
              "its input is quantized per channel");
  check_stays(kPass, {"1,3,4,4", "Clamp(%) min=0 max=6", "1,3,4,4", "scale=[3,3,3,3]@2"},
              "its scale of shape [1,1,4,1] is neither per-tensor nor along axis 1 of data of rank 4");
  check_stays(kPass, {"1,3,4,4", "Clamp(%) min=0 max=6", "1,3,4,4", "scale=0"}, "its scale is 0", Cause::scale_zero);
  check_stays(kPass, {"...", "Clamp(%) min=0 max=6", "...", "scale=3"}, "the rank of its output is not known");
}

// Rows CL08 and CL09, through the whole pipeline.
TEST_CASE("Clamp: gives real numbers, which a Convolution behind takes as such") {
  std::string text = fake_quantized("q", "x = Parameter : f32[1,3,2,2]", 256, {"0", "127.5"});
  text += "c = Clamp(q) min=0 max=50 : f32[1,3,2,2]\n";
  text += dequantized("w", filled("v", "2", "i8", "1,3,1,1"), "scale=.01");
  text +=
      "y = Convolution(c, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[1,1,2,2]\nr = Result(y)\n";
  check_conversion(text, {"Convolution(Multiply(Clamp(FQ256(x; 0..127.5 -> 0..255):u8, 0..100), 0.5), "
                          "Multiply(Convert(2:i8[1,3,1,1]), 0.01))",
                          "Convolution(FQ256(Clamp(x, 0..50); 0..127.5 -> 0..255), Multiply(Convert(2:i8[1,3,1,1]), "
                          "0.005))"});
  check_conversion("x = Parameter : f32[1,3,2,2]\ny = Clamp(x) min=0 max=1 : f32[1,3,2,2]\nr = Result(y)\n",
                   {"Clamp(x, 0..1)", "unchanged"});
  check_conversion(
      "x = Parameter : f32[1,3,2,2]\nz = Parameter : f32[1,3,2,2]\nm = Multiply(x, z) : f32[1,3,2,2]\ny = "
      "Clamp(m) min=0 max=1 : f32[1,3,2,2]\nr = Result(y)\n",
      {"Clamp(Multiply(x, z), 0..1)", "unchanged"});
}

// Law: clamp(s*x, a, b) == s*clamp(x, a/s, b/s), with s = 1/128: -0.5*128 and 0.75*128; 128 more beside a zero point.
TEST_CASE("Clamp: on a real edge the bounds are counted in steps around zero") {
  check_conversion(beside_convolution({"1,3,4,4", "Clamp(%) min=-0.5 max=0.75", "1,3,4,4", {}, {"-1", "0.9921875"}}),
                   {"Multiply(Subtract(Clamp(FQ256(x; -1..0.992188 -> 0..255):u8, 64..224), 128), "
                    "0.0078125)\nMultiply(Convolution(Subtract(FQ256(x; -1..0.992188 -> 0..255):u8, 128:u8[1,3,1,1]), "
                    "2:i8[1,3,1,1]), 7.8125e-05)",
                    "Multiply(Clamp(FQ256(x; -1..0.992188 -> -128..127), -64..96), 0.0078125)\nConvolution(FQ256(x; "
                    "-1..0.992188 -> -128..127), Multiply(Convert(2:i8[1,3,1,1]), 7.8125e-05))"});
}
