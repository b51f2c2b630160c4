#include <catch2/catch.hpp>

#include "passes/check_moves.hpp"
#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_batch_to_space";
constexpr auto kOperation = "BatchToSpace@opset2(%, b, f, l)";
constexpr auto kConstants = R"(b = Const value=[1,1,2,2] : i64[4]
    f = Const value=[0,0,0,0] : i64[4]
    l = Const value=[0,0,0,1] : i64[4])";

}  // namespace

TEST_CASE("propagate_batch_to_space: a per-tensor dequantization passes, another stays") {
  check_moves(kPass,
              {"4,3,5,8", kOperation, "1,3,10,15", "scale=.01 zero_point=128", "scale=.01 zero_point=128", kConstants});
  check_moves(kPass, {"4,3,5,8", kOperation, "1,3,10,15", "scale=[.5,.5,.5]@1", "scale=.5", kConstants});
  check_stays(kPass,
              {"4,3,5,8", kOperation, "1,3,10,15", "scale=[.02,.01,.03]@1 zero_point=[128,64,32]@1", {}, kConstants},
              "its scale of shape [1,3,1,1] cannot be told behind the operation");
}
