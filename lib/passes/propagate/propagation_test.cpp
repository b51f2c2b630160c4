#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPool =
    "kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor auto_pad=explicit";

/// A MaxPool p of `d`, which the lines declare, and what reads it.
std::string pooled(std::string_view lines, std::string_view behind = "r = Result(p)\n") {
  return fmt::format("{}p = MaxPool(d) {} : f32[1,3,4,4]\n{}", lines, kPool, behind);
}
const std::string kBytes = "x = Parameter : u8[1,3,8,8]\nc = Convert(x) : f32[1,3,8,8]\n";
const std::string kHalf = "s = Const value=.5 : f32[]\n";

}  // namespace

// Rows GN02 to GN14 of the specification of movement operations.
TEST_CASE("a dequantization is found in every form, and its other readers keep it") {
  check_conversion(pooled(kBytes + kHalf + "d = Multiply(c, s) : f32[1,3,8,8]\n",
                          "g = Sigmoid(c) : f32[1,3,8,8]\nr = Result(p)\nt = Result(g)\n"),
                   {"Multiply(MaxPool(x):u8, 0.5)\nSigmoid(Convert(x))",
                    "Multiply(Convert(MaxPool(x):u8), 0.5)\nSigmoid(Convert(x))"});
  check_conversion(pooled(kBytes + kHalf + "d = Multiply(s, c) : f32[1,3,8,8]\n"),
                   {"Multiply(MaxPool(x):u8, 0.5)", "Multiply(Convert(MaxPool(x):u8), 0.5)"});
  check_conversion(pooled(kBytes + "zi = Const value=5 : i8[]\nz = Convert(zi) : f32[]\n" + kHalf +
                          "e = Subtract(c, z) : f32[1,3,8,8]\nd = Multiply(e, s) : f32[1,3,8,8]\n"),
                   {"Multiply(Subtract(Convert(MaxPool(x):u8), 5), 0.5)",
                    "Multiply(Subtract(Convert(MaxPool(x):u8), Convert(5:i8)), 0.5)"});
  check_conversion(pooled(kBytes + "z = Const value=0 : f32[]\no = Const value=1 : f32[]\ne = Subtract(c, z) : "
                                   "f32[1,3,8,8]\nd = Multiply(e, o) : f32[1,3,8,8]\n"),
                   {"Multiply(Subtract(MaxPool(x):u8, 0), 1)", "Multiply(Subtract(Convert(MaxPool(x):u8), 0), 1)"});
}

TEST_CASE("what is no dequantization stays where it is") {
  check_conversion(pooled(kBytes + "z = Const value=5 : f32[]\nd = Subtract(c, z) : f32[1,3,8,8]\n"),
                   {"MaxPool(Subtract(x, 5))", "unchanged"});
  check_conversion(pooled("x = Parameter : u8[1,3,8,8]\nd = Convert(x) : f32[1,3,8,8]\n"),
                   {"MaxPool(Convert(x))", "unchanged"});
  check_conversion(pooled("x = Parameter : u8[1,1,8,8]\nc = Convert(x) : f32[1,1,8,8]\ns = Const value=[1,2,3] : "
                          "f32[1,3,1,1]\nd = Multiply(c, s) : f32[1,3,8,8]\n"),
                   {"MaxPool(Multiply(x, [1,2,3][1,3,1,1]))", "unchanged"});
}

TEST_CASE("results of the model keep their names, and share one dequantization") {
  const auto text = pooled(kBytes + kHalf + "d = Multiply(c, s) : f32[1,3,8,8]\n", "r = Result(p)\nt = Result(p)\n");
  const Converted relaxed(text, Dialect::type_relaxed);
  CHECK(relaxed.line("p_original") == fmt::format("p_original = MaxPool(x) {} : u8[1,3,4,4]", kPool));
  CHECK(relaxed.line("r") == "r = Result(p)");
  CHECK(relaxed.line("t") == "t = Result(p)");
  check_conversion(text, {"Multiply(MaxPool(x):u8, 0.5)\nMultiply(MaxPool(x):u8, 0.5)",
                          "Multiply(Convert(MaxPool(x):u8), 0.5)\nMultiply(Convert(MaxPool(x):u8), 0.5)"});
}

TEST_CASE("who asks for a shape need not wait for the dequantization") {
  for (const auto* set : {"", "@opset3"}) {
    INFO(set);
    check_conversion(
        "x = Parameter : u8[1,3,?,?]\nc = Convert(x) : f32[1,3,?,?]\ns = Const value=.5 : f32[]\nd = Multiply(c, s) : "
        "f32[1,3,?,?]\n" +
            fmt::format("p = MaxPool(d) {} : f32[1,3,?,?]\nq = ShapeOf{}(p) {}: i64[4]\nr = Result(p)\nt = Result(q)\n",
                        kPool, set, *set == 0 ? "" : "output_type=i64 "),
        {"Multiply(MaxPool(x):u8, 0.5)\nShapeOf(MaxPool(x):u8):i64",
         "Multiply(Convert(MaxPool(x):u8), 0.5)\nShapeOf(MaxPool(x):u8):i64"});
  }
}

TEST_CASE("channels that a Reshape keeps and a Transpose moves are dequantized between the two") {
  std::string text =
      pooled(dequantized("d", "x = Parameter : u8[1,3,8,8]", "scale=[1,2,3]@1 zero_point=[4,5,6]@1"), "");
  text +=
      "l = Const value=[1,3,16] : i64[3]\no = Const value=[0,2,1] : i64[3]\nq = Reshape(p, l) special_zero=false : "
      "f32[1,3,16]\ny = Transpose(q, o) : f32[1,16,3]\nr = Result(y)\n";
  check_conversion(
      text, {"Transpose(Multiply(Subtract(Reshape(MaxPool(x):u8):u8, [4,5,6][1,3,1]), [1,2,3][1,3,1]))",
             "Transpose(Multiply(Subtract(Convert(Reshape(MaxPool(x):u8):u8), [4,5,6][1,3,1]), [1,2,3][1,3,1]))"});
}
