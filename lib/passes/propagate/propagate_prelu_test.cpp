#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_prelu";

}  // namespace

TEST_CASE("propagate_prelu: moves a positive scale below, and gives real numbers") {
  for (const char* shape : {"4", "1,3,4,4", "1,3,2,2,2,2"}) {
    check_relaxed(
        kPass,
        {shape, "PReLU", "opset1", ", a", "", shape, "scale=.1", ".1", "", {}, {}, "a = Const value=.25 : f32[1]"});
    check_relaxed(kPass, {shape,
                          "PReLU",
                          "opset1",
                          ", a",
                          "",
                          shape,
                          "scale=.1",
                          ".1",
                          "",
                          {},
                          {},
                          "a = Const value=.25 : f32[1]",
                          {},
                          "i8"});
  }
}

TEST_CASE("propagate_prelu: a zero point or a negative scale stays") {
  const char* slope = "a = Const value=.25 : f32[1]";
  check_stays(kPass, {"1,3,4,4", "PReLU(%, a)", "1,3,4,4", "scale=.1 zero_point=127", {}, slope},
              "its input has a zero point");
  check_stays(kPass, {"1,3,4,4", "PReLU(%, a)", "1,3,4,4", "scale=-.1", {}, slope}, "scale -0.1 is negative");
  check_stays(kPass, {"1,3,4,4", "PReLU(%, a)", "1,3,4,4", "scale=.1", {}, "a = Parameter : f32[1]"},
              "its slope is no constant");
}

// Law: prelu(s*x, a) == s*prelu(x, a).
TEST_CASE("PReLU: on a real edge it takes the steps") {
  check_conversion(
      beside_convolution({"1,3,4,4", "PReLU(%, a)", "1,3,4,4", "a = Const value=.25 : f32[1]", {"0", "2.55"}}),
      {"Multiply(PReLU(FQ256(x; 0..2.55 -> 0..255):u8, 0.25[1]), 0.01)\nMultiply(Convolution(FQ256(x; 0..2.55 -> "
       "0..255):u8, 2:i8[1,3,1,1]), 0.0001)",
       "Multiply(PReLU(FQ256(x; 0..2.55 -> 0..255), 0.25[1]), 0.01)\nConvolution(FQ256(x; 0..2.55 -> 0..255), "
       "Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
