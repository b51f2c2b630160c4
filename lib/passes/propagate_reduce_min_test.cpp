#include <catch2/catch.hpp>

#include "passes/check_moves.hpp"
#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_reduce_min";

}  // namespace

TEST_CASE("propagate_reduce_min: moves a dequantization below, without the axes that are reduced") {
  check_moves(kPass,
              {"4,3,16,16", "ReduceMin(%, a) keep_dims=true", "1,3,16,16", "scale=[.1,1,10]@1 zero_point=[64,128,32]@1",
               "scale=[.1,1,10]@1 zero_point=[64,128,32]@1", "a = Const value=[0] : i64[1]"});
  check_moves(kPass, {"4,3,16,16", "ReduceMin(%, a) keep_dims=true", "4,3,1,16", "scale=.1 zero_point=128",
                      "scale=.1 zero_point=128", "a = Const value=[-2] : i64[1]"});
  check_moves(kPass, {"4,3,16,16", "ReduceMin(%, a) keep_dims=true", "4,3,1,1", "scale=[.1,1,10]@1",
                      "scale=[.1,1,10]@1", "a = Const value=[2,3] : i64[2]"});
  check_moves(kPass, {"4,3,16,16", "ReduceMin(%, a) keep_dims=false", "4,3", "scale=[.1,1,10]@1", "scale=[.1,1,10]@1",
                      "a = Const value=[2,3] : i64[2]"});
}

TEST_CASE("propagate_reduce_min: a negative scale, or one that varies along a reduced axis, stays") {
  check_stays(kPass,
              {"4,3,16,16",
               "ReduceMin(%, a) keep_dims=true",
               "4,3,1,1",
               "scale=[.1,-1,10]@1",
               {},
               "a = Const value=[2,3] : i64[2]"},
              "scale -1 is negative");
  check_stays(kPass,
              {"4,3,16,16",
               "ReduceMin(%, a) keep_dims=true",
               "4,1,16,16",
               "scale=[.1,1,10]@1",
               {},
               "a = Const value=[1] : i64[1]"},
              "its scale varies along axis 1, which is reduced");
  check_stays(kPass,
              {"4,3,16,16", "ReduceMin(%, a) keep_dims=true", "?,?,?,?", "scale=.1", {}, "a = Parameter : i64[1]"},
              "its axes are no constant");
}
