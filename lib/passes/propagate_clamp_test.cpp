#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_moves.hpp"
#include "passes/check_rewrite.hpp"

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
  check_stays(kPass, {"...", "Clamp(%) min=0 max=6", "...", "scale=3"}, "the rank of its output is not known");
}
