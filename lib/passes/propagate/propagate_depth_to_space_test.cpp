#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_depth_to_space";

}  // namespace

TEST_CASE("propagate_depth_to_space: a per-tensor dequantization passes, another stays") {
  check_moves(kPass, {"1,4,3,3", "DepthToSpace(%) block_size=2 mode=blocks_first", "1,1,6,6",
                      "scale=.45 zero_point=.32", "scale=.45 zero_point=.32"});
  check_moves(kPass, {"1,9,3,3", "DepthToSpace(%) block_size=3 mode=depth_first", "1,1,9,9", "scale=.45 zero_point=.32",
                      "scale=.45 zero_point=.32"});
  check_moves(kPass, {"1,4,3,3", "DepthToSpace(%) block_size=2 mode=blocks_first", "1,1,6,6",
                      "scale=[.1,.1,.1,.1]@1 zero_point=[.32,.32,.32,.32]@1", "scale=.1 zero_point=.32"});
  check_stays(kPass,
              {"1,4,3,3", "DepthToSpace(%) block_size=2 mode=blocks_first", "1,1,6,6",
               "scale=[.1,.55,.3,.8]@1 zero_point=[.32,.5,.6,.77]@1"},
              "its scale of shape [1,4,1,1] cannot be told behind the operation");
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("DepthToSpace: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution({"1,8,3,3", "DepthToSpace(%) block_size=2 mode=blocks_first", "1,2,6,6"}),
      {"Multiply(Convolution(Subtract(DepthToSpace(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,2,1,1]), "
       "2:i8[1,2,1,1]), 0.0001)",
       "Convolution(DepthToSpace(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,2,1,1]), 0.0001))"});
}
