#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

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

TEST_CASE("fold_constants: in the dialect openvino as well") {
  const Converted standard(R"(
    x = Parameter                 : f32[2,3,4]
    s = ShapeOf(x)                : i64[3]
    i = Const value=[2,0]         : i64[2]
    a = Const value=0             : i64[]
    p = Gather@opset8(s, i, a)    : i64[2]
    y = Reshape(x, p) special_zero=false : f32[4,6]
    r = Result(y)
  )",
                           Dialect::openvino);
  CHECK(standard.line("p") == "p = Const value=[4,2] : i64[2]");
}

TEST_CASE("fold_constants: what its operation does not understand is left to the runtime") {
  const std::string text =
      "c = Const value=[1,2] : i64[2]\ni = Const value=[2] : i64[1]\na = Const value=0 : i64[]\ny = "
      "Gather@opset8(c, i, a) : i64[1]\nr = Result(y)\n";
  check_refused(kPass, text, "index 2 is outside of an axis of 2");
  CHECK(Converted(text, Dialect::openvino).first_refusal(kPass).cause() == Cause::layer_not_understood);
}
