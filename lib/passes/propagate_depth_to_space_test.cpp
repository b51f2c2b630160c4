#include <catch2/catch.hpp>

#include "passes/check_moves.hpp"
#include "passes/check_rewrite.hpp"

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
