#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_conversion.hpp"
#include "passes/check_moves.hpp"
#include "passes/check_rewrite.hpp"

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
