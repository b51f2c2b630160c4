#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_moves.hpp"
#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_reduce_mean";

}  // namespace

TEST_CASE("propagate_reduce_mean: moves a dequantization below the mean, which is real") {
  check_relaxed(kPass,
                {"4,3,16,16", "ReduceMean", "opset1", ", a", "keep_dims=true", "1,3,16,16",
                 "scale=[.1,1,10]@1 zero_point=[64,128,32]@1", "[.1,1,10]", "1,3,1,1", "[64,128,32]", "1,3,1,1",
                 "a = Const value=[0] : i64[1]"},
                3e-6);
  check_relaxed(kPass,
                {"4,3,16,16", "ReduceMean", "opset1", ", a", "keep_dims=false", "4,3",
                 "scale=[.1,1,10]@1 zero_point=[64,128,32]@1", "[.1,1,10]", "1,3", "[64,128,32]", "1,3",
                 "a = Const value=[2,3] : i64[2]"},
                3e-6);
  check_relaxed(kPass,
                {"4,3,16,16", "ReduceMean", "opset1", ", a", "keep_dims=true", "4,3,1,16", "scale=.1 zero_point=128",
                 ".1", "", "128", "", "a = Const value=[-2] : i64[1]"},
                3e-6);
  check_relaxed(kPass,
                {"1,3,4,5",
                 "ReduceMean",
                 "opset1",
                 ", a",
                 "keep_dims=false",
                 "1,3,4",
                 "scale=[1,2,3,4]@2",
                 "[1,2,3,4]",
                 "1,1,4",
                 {},
                 {},
                 "a = Const value=[3] : i64[1]"},
                3e-6);
}

TEST_CASE("propagate_reduce_mean: a parameter that varies along a reduced axis stays, unless all of it is equal") {
  check_stays(kPass,
              {"4,3,16,16",
               "ReduceMean(%, a) keep_dims=true",
               "4,1,16,16",
               "scale=[.1,1,10]@1",
               {},
               "a = Const value=[1] : i64[1]"},
              "its scale varies along axis 1, which is reduced");
  check_relaxed(kPass,
                {"4,3,16,16",
                 "ReduceMean",
                 "opset1",
                 ", a",
                 "keep_dims=true",
                 "4,1,16,16",
                 "scale=[.5,.5,.5]@1",
                 ".5",
                 "",
                 {},
                 {},
                 "a = Const value=[1] : i64[1]"},
                3e-6);
}
