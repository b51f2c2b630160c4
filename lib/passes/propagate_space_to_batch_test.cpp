#include <catch2/catch.hpp>

#include "passes/check_moves.hpp"
#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_space_to_batch";
constexpr auto kOperation = "SpaceToBatch@opset2(%, b, f, l)";
constexpr auto kUnpadded = R"(b = Const value=[1,1,2,2] : i64[4]
    f = Const value=[0,0,0,0] : i64[4]
    l = Const value=[0,0,0,0] : i64[4])";
constexpr auto kPadded = R"(b = Const value=[1,1,2,2] : i64[4]
    f = Const value=[0,0,0,0] : i64[4]
    l = Const value=[0,0,0,1] : i64[4])";

}  // namespace

TEST_CASE("propagate_space_to_batch: a per-tensor dequantization passes, another stays") {
  check_moves(kPass,
              {"1,3,10,16", kOperation, "4,3,5,8", "scale=.01 zero_point=128", "scale=.01 zero_point=128", kUnpadded});
  check_stays(kPass, {"1,3,10,16", kOperation, "4,3,5,8", "scale=[.02,.01,.03]@1", {}, kUnpadded},
              "its scale of shape [1,3,1,1] cannot be told behind the operation");
}

TEST_CASE("propagate_space_to_batch: padding is 0, which has to be the stored 0") {
  check_moves(kPass, {"1,3,10,15", kOperation, "4,3,5,8", "scale=.01", "scale=.01", kPadded});
  check_stays(kPass, {"1,3,10,15", kOperation, "4,3,5,8", "scale=.01 zero_point=128", {}, kPadded},
              "it pads with 0, and its input has a zero point");
}
