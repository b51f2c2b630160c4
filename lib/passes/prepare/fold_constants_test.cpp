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

TEST_CASE("fold_constants: what would take more bytes than before is left to the runtime") {
  const auto text = [](std::string_view lines, std::string_view readers = "") {
    return fmt::format("{}\nr = Result(y)\n{}", lines, readers);
  };
  const std::string order = "o = Const value=[1,0] : i64[2]\n";
  const auto half =
      order + "c = Const value=[1,2,3,4] : f16[2,2]\nw = Convert(c) : f32[2,2]\ny = Transpose(w, o) : f32[2,2]";
  const auto whole = order + "c = Const value=[1,2,3,4] : f32[2,2]\ny = Transpose(c, o) : f32[2,2]";
  check_no_match(kPass, text(half));
  check_rewrite(kPass, text(whole), "y = Const value=[1,3,2,4] : f32[2,2]\nr = Result(y)\n");
  check_no_match(kPass, text(whole, "q = Result(c)\n"));
  // The same bytes in another shape are stored once.
  check_rewrite(
      kPass,
      text("s = Const value=[4] : i64[1]\nc = Const value=[1,2,3,4] : f32[2,2]\ny = Reshape(c, s) "
           "special_zero=false : f32[4]",
           "q = Result(c)\n"),
      "c = Const value=[1,2,3,4] : f32[2,2]\ny = Const value=[1,2,3,4] : f32[4]\nr = Result(y)\nq = Result(c)\n");
  const auto grid = [](std::string_view type, int length) {
    return fmt::format(
        "c = Const value=7 : {0}[]\ns = Const value=[{1}] : i64[1]\ny = Broadcast@opset3(c, s) mode=numpy : {0}[{1}]",
        type, length);
  };
  check_no_match(kPass, text(grid("f32", 2)));
  check_no_match(kPass, text(grid("i64", 65)));
  CHECK(Converted(text(grid("i64", 64)), Dialect::openvino).formula() == "7:i64[64]");
}
