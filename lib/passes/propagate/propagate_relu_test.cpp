#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_relu";

}  // namespace

TEST_CASE("propagate_relu: moves a positive scale below") {
  check_moves(kPass, {"1,3,4,4", "ReLU(%)", "1,3,4,4", "scale=.1", "scale=.1"});
  check_moves(kPass, {"1,3,4,4", "ReLU(%)", "1,3,4,4", "scale=[.1,.2,.3]@1", "scale=[.1,.2,.3]@1", {}, "i8"});
}

TEST_CASE("propagate_relu: a zero point or a negative scale stays") {
  check_stays(kPass, {"1,3,4,4", "ReLU(%)", "1,3,4,4", "scale=[.1,-.2,.3]@1"}, "scale -0.2 is negative");
  check_stays(kPass, {"1,3,4,4", "ReLU(%)", "1,3,4,4", "scale=.1 zero_point=128"}, "its input has a zero point",
              Cause::zero_point_not_supported);
  check_stays(kPass, {"1,3,4,4", "ReLU(%)", "1,3,4,4", "scale=.1 zero_point=0"}, "its input has a zero point");
  check_stays(kPass, {"...", "ReLU(%)", "...", "scale=.1"}, "the rank of its output is not known");
}

namespace {

std::string rectified(RangeText range) {
  std::string text = fake_quantized("q", "x = Parameter : f32[1,3,2,2]", 256, range);
  text += "a = ReLU(q) : f32[1,3,2,2]\n";
  text += dequantized("w", filled("v", "2", "i8", "1,3,1,1"), "scale=.01");
  return text +
         "y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
         "f32[1,1,2,2]\nr = Result(y)\n";
}

}  // namespace

// Rows RE04 and RE05, through the whole pipeline.
TEST_CASE("ReLU: signed integers pass, a zero point does not") {
  check_conversion(
      rectified({"-1.28", "1.27"}),
      {"Multiply(Convolution(ReLU(FQ256(x; -1.28..1.27 -> -128..127):i8):i8, 2:i8[1,3,1,1]), 0.0001)",
       "Convolution(ReLU(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))", "gpu"});
  check_conversion(rectified({"-1", "1.55"}),
                   {"Convolution(ReLU(FQ256(x; -1..1.55 -> -1..1.55)), Multiply(Convert(2:i8[1,3,1,1]), 0.01))",
                    "Convolution(FQ256(ReLU(x); -1..1.55 -> -1..1.55), Multiply(Convert(2:i8[1,3,1,1]), 0.01))"});
}

TEST_CASE("ReLU: on a real edge unsigned steps pass to the Convolution") {
  check_conversion(rectified({"0", "2.55"}),
                   {"Multiply(Convolution(ReLU(FQ256(x; 0..2.55 -> 0..255):u8):u8, 2:i8[1,3,1,1]), 0.0001)",
                    "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
