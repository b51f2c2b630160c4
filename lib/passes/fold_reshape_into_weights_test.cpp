#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fold_reshape_into_weights";

}  // namespace

// Rows PR.. of the specification of movement operations.
TEST_CASE("fold_reshape_into_weights: stored weights take the new shape, and their parameters with them") {
  check_rewrite(kPass, R"(
    w = Const value=[1,2,3,4,5,6]         : i8[2,3]
    p = Const value=[2,3,1,1]             : i64[4]
    d = Dequantize(w) scale=[1,2]@0 zero_point=3 : f32[2,3]
    y = Reshape(d, p) special_zero=false  : f32[2,3,1,1]
    r = Result(y)
  )",
                R"(
    w_1 = Const value=[1,2,3,4,5,6]       : i8[2,3,1,1]
    y = Dequantize(w_1) scale=[1,2]@0 zero_point=3 : f32[2,3,1,1]
    r = Result(y)
  )");
}

TEST_CASE("fold_reshape_into_weights: parameters of groups are not repeated for each weight") {
  check_refused(kPass, R"(
    w = Const value=[1,2,3,4]             : i8[1,2,2]
    p = Const value=[1,4]                 : i64[2]
    d = Dequantize(w) scale=[1,2]@1       : f32[1,2,2]
    y = Reshape(d, p) special_zero=false  : f32[1,4]
    r = Result(y)
  )",
                "its parameters of shape [1,2,1] would have to be repeated");
}
