#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fold_constants";

}  // namespace

TEST_CASE("fold_constants: shapes and indices are computed once") {
  check_rewrite(kPass, R"(
    x = Parameter                 : f32[2,3,4]
    s = ShapeOf(x)                : i64[3]
    i = Const value=[0]           : i64[1]
    a = Const value=0             : i64[]
    g = Gather@opset8(s, i, a)    : i64[1]
    m = Const value=[-1]          : i64[1]
    p = Concat(g, m) axis=0       : i64[2]
    y = Reshape(x, p) special_zero=false : f32[2,12]
    r = Result(y)
  )",
                R"(
    x = Parameter                 : f32[2,3,4]
    p = Const value=[2,-1]        : i64[2]
    y = Reshape(x, p) special_zero=false : f32[2,12]
    r = Result(y)
  )",
                3);
}

TEST_CASE("fold_constants: lengths that are not known, and real values, are left to the runtime") {
  check_no_match(kPass, "x = Parameter : f32[?,3]\ns = ShapeOf(x) : i64[2]\nr = Result(s)\n");
  check_no_match(kPass, "c = Const value=2 : f32[]\ny = Sigmoid(c) : f32[]\nr = Result(y)\n");
}
