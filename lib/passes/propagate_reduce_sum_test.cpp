#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_moves.hpp"
#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_reduce_sum";

}  // namespace

TEST_CASE("propagate_reduce_sum: the zero point is taken off once for each element of the sum") {
  check_relaxed(kPass,
                {"4,3,16,16", "ReduceSum", "opset1", ", a", "keep_dims=true", "4,3,1,16", "scale=.1 zero_point=128",
                 ".1", "", "2048", "", "a = Const value=[-2] : i64[1]"},
                3e-5);
  check_relaxed(kPass,
                {"4,3,16,16", "ReduceSum", "opset1", ", a", "keep_dims=false", "4,3",
                 "scale=[.1,1,10]@1 zero_point=[128,12.8,1.28]@1", "[.1,1,10]", "1,3", "[32768,3276.8,327.68]", "1,3",
                 "a = Const value=[2,3] : i64[2]"},
                3e-5);
  check_relaxed(kPass,
                {"4,3,16,16",
                 "ReduceSum",
                 "opset1",
                 ", a",
                 "keep_dims=true",
                 "4,3,1,1",
                 "scale=[.1,1,10]@1",
                 "[.1,1,10]",
                 "1,3,1,1",
                 {},
                 {},
                 "a = Const value=[2,3] : i64[2]"},
                3e-5);
  check_relaxed(kPass,
                {"4,3,16,16",
                 "ReduceSum",
                 "opset1",
                 ", a",
                 "keep_dims=true",
                 "1,3,16,16",
                 "scale=[.1,1,10]@1",
                 "[.1,1,10]",
                 "1,3,1,1",
                 {},
                 {},
                 "a = Const value=[0] : i64[1]"},
                3e-5);
}

TEST_CASE("propagate_reduce_sum: the number of elements has to be known where there is a zero point") {
  check_stays(kPass,
              {"?,3,?,16",
               "ReduceSum(%, a) keep_dims=true",
               "?,3,1,16",
               "scale=.1 zero_point=3",
               {},
               "a = Const value=[2] : i64[1]"},
              "the length of axis 2 is not known, and it has a zero point");
  check_relaxed(kPass,
                {"?,3,?,16",
                 "ReduceSum",
                 "opset1",
                 ", a",
                 "keep_dims=true",
                 "?,3,1,16",
                 "scale=.1",
                 ".1",
                 "",
                 {},
                 {},
                 "a = Const value=[2] : i64[1]"},
                3e-5);
  check_stays(kPass,
              {"4,3,16,16",
               "ReduceSum(%, a) keep_dims=true",
               "4,1,16,16",
               "scale=[.1,1,10]@1",
               {},
               "a = Const value=[1] : i64[1]"},
              "its scale varies along axis 1, which is reduced");
}
