#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fold_transpose_into_weights";

}  // namespace

// Rows PT.. of the specification of movement operations.
TEST_CASE("fold_transpose_into_weights: stored weights are transposed, and their parameters with them") {
  check_rewrite(kPass, R"(
    w = Const value=[1,2,3,4,5,6]         : i8[2,3]
    o = Const value=[1,0]                 : i64[2]
    d = Dequantize(w) scale=[1,2,4]@1     : f32[2,3]
    y = Transpose(d, o)                   : f32[3,2]
    r = Result(y)
  )",
                R"(
    w_1 = Const value=[1,4,2,5,3,6]       : i8[3,2]
    y = Dequantize(w_1) scale=[1,2,4]@0   : f32[3,2]
    r = Result(y)
  )");
}

TEST_CASE("fold_transpose_into_weights: parameters of a lower rank are aligned on the right") {
  check_rewrite(kPass, R"(
    w = Const value=[1,2,3,4,5,6]         : i8[2,3]
    o = Const value=[1,0]                 : i64[2]
    s = Const value=[1,2,4]               : f32[3]
    c = Convert(w)                        : f32[2,3]
    d = Multiply(c, s)                    : f32[2,3]
    y = Transpose(d, o)                   : f32[3,2]
    r = Result(y)
  )",
                R"(
    w_1 = Const value=[1,4,2,5,3,6]       : i8[3,2]
    y = Dequantize(w_1) scale=[1,2,4]@0   : f32[3,2]
    r = Result(y)
  )");
}
