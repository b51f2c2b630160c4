#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fold_transpose_into_weights";

constexpr auto kTransposed = R"(
    w_1 = Const value=[1,4,2,5,3,6]       : i8[3,2]
    y = Dequantize(w_1) scale=[1,2,4]@0   : f32[3,2]
    r = Result(y)
)";

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
                kTransposed);
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
                kTransposed);
}

// Rows PT02 to PT04, through the whole pipeline: a scale for each input of the transposed weights is one for each
// output.
TEST_CASE("weights under a Transpose: their scale goes behind the Convolution") {
  const auto check = [](std::string_view stored, std::string_view scale, const std::string& behind) {
    std::string text = dequantized("a", "x = Parameter : u8[1,6,7,7]", "scale=.5");
    text += filled("v", "2", "i8", stored) +
            fmt::format(
                "\ns = Const value=[1,2,3,4] : f32[{0}]\nc = Convert(v) : f32[{1}]\nd = Multiply(c, s) : "
                "f32[{1}]\n",
                scale, stored);
    text += behind +
            "y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
            "f32[1,4,7,7]\nr = Result(y)\n";
    check_conversion(text,
                     {"Multiply(Convolution(x, 2:i8[4,6,1,1]), [0.5,1,1.5,2][1,4,1,1])",
                      "Convolution(Multiply(Convert(x), 0.5), Multiply(Convert(2:i8[4,6,1,1]), [1,2,3,4][4,1,1,1]))"});
  };
  check("1,1,6,4", "1,1,1,4", "o = Const value=[3,2,0,1] : i64[4]\nw = Transpose(d, o) : f32[4,6,1,1]\n");
  const std::string matrix =
      "o = Const value=[1,0] : i64[2]\nt = Transpose(d, o) : f32[4,6]\np = Const value=[4,6,1,1] : i64[4]\nw = "
      "Reshape(t, p) special_zero=false : f32[4,6,1,1]\n";
  check("6,4", "1,4", matrix);
  check("6,4", "4", matrix);
}

TEST_CASE("fold_transpose_into_weights: an order that is computed, and half bytes, stay") {
  const auto check = [](std::string_view type, std::string_view order, std::string_view out, Cause cause,
                        std::string_view reason) {
    const auto text = fmt::format(
        "w = Const value=[1,2,3,4,5,6] : {}[2,3]\no = {} : i64[2]\nd = Dequantize(w) scale=2 : f32[2,3]\ny = "
        "Transpose(d, o) : f32[{}]\nr = Result(y)\n",
        type, order, out);
    check_refused(kPass, text, reason);
    CHECK(Converted(text, Dialect::openvino).first_refusal(kPass).cause() == cause);
  };
  check("i8", "Parameter", "?,?", Cause::operand_not_constant, "its order is no constant");
  check("i4", "Const value=[1,0]", "3,2", Cause::weights_of_other_type, "weights of i4 cannot be transposed");
}
