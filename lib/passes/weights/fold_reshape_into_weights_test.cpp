#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

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
  const auto* text = R"(
    w = Const value=[1,2,3,4]             : i8[1,2,2]
    p = Const value=[1,4]                 : i64[2]
    d = Dequantize(w) scale=[1,2]@1       : f32[1,2,2]
    y = Reshape(d, p) special_zero=false  : f32[1,4]
    r = Result(y)
  )";
  check_refused(kPass, text, "its parameters of shape [1,2,1] would have to be repeated");
  CHECK(Converted(text, Dialect::openvino).first_refusal(kPass).cause() == Cause::parameters_not_movable);
}

namespace {

/// A 1x1 Convolution of integers by `w`, 4 outputs of 6 inputs, which the lines declare.
std::string convolved(const std::string& lines) {
  return dequantized("a", "x = Parameter : u8[1,6,7,7]", "scale=.5") + lines +
         "y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
         "f32[1,4,7,7]\nr = Result(y)\n";
}
/// The same in the dialect openvino, which leaves integers that a model reads to the runtime.
std::string on_real_data(std::string_view weights) {
  return fmt::format("Convolution(Multiply(Convert(x), 0.5), {})", weights);
}
std::string reshaped(const std::string& lines, std::string_view to = "4,6,1,1") {
  return lines + fmt::format("p = Const value=[{0}] : i64[{1}]\nw = Reshape(d, p) special_zero=false : f32[{0}]\n", to,
                             std::count(to.begin(), to.end(), ',') + 1);
}

}  // namespace

// Rows PR01 to PR04 and PR07, through the whole pipeline.
TEST_CASE("weights under a Reshape: their scale goes behind the Convolution") {
  check_conversion(
      convolved(reshaped(dequantized("d", filled("v", "2", "i8", "24"), "scale=[.5]@0"))),
      {"Multiply(Convolution(x, 2:i8[4,6,1,1]), 0.25)", on_real_data("Multiply(Convert(2:i8[4,6,1,1]), 0.5)")});
  check_conversion(convolved(reshaped(dequantized("d", filled("v", "2", "i8", "4,6"), "scale=[1,2,3,4]@0"))),
                   {"Multiply(Convolution(x, 2:i8[4,6,1,1]), [0.5,1,1.5,2][1,4,1,1])",
                    on_real_data("Multiply(Convert(2:i8[4,6,1,1]), [1,2,3,4][4,1,1,1])")});
  check_conversion(
      convolved(reshaped(filled("v", "2", "i8", "4,6") +
                         "\nzi = Const value=[3,3,3,3] : i8[4,1]\nz = Convert(zi) : f32[4,1]\nc = Convert(v) : "
                         "f32[4,6]\ne = Subtract(c, z) : f32[4,6]\ns = Const value=[1,2,3,4] : f32[4,1]\nd = "
                         "Multiply(e, s) : f32[4,6]\n")),
      {"Multiply(Convolution(x, Subtract(2:i8[4,6,1,1], 3:i8[4,1,1,1])), [0.5,1,1.5,2][1,4,1,1])",
       on_real_data("Multiply(Subtract(Convert(2:i8[4,6,1,1]), Convert(3:i8[1,1,1,1])), [1,2,3,4][4,1,1,1])")});
}

TEST_CASE("weights under a Reshape: a scale for each weight leaves the Convolution real") {
  const auto scales = "[1,2,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]";
  const auto weights = fmt::format("Multiply(Convert(2:i8[4,6,1,1]), {}[4,6,1,1])", scales);
  check_conversion(
      convolved(reshaped(dequantized("d", filled("v", "2", "i8", "24"), fmt::format("scale={}@0", scales)))),
      {fmt::format("Convolution(Multiply(x, 0.5), {})", weights), on_real_data(weights)});
}

TEST_CASE("weights under a Reshape: groups") {
  std::string text = dequantized("a", "x = Parameter : u8[1,6,4,4]", "scale=.5");
  text += reshaped(dequantized("d", filled("v", "2", "i8", "6,9"), "scale=[1,2,3,4,5,6]@0"), "6,1,1,3,3");
  text +=
      "y = GroupConvolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[1,6,2,2]\nr = Result(y)\n";
  check_conversion(text, {"Multiply(GroupConvolution(x, 2:i8[6,1,1,3,3]), [0.5,1,1.5,2,2.5,3][1,6,1,1])",
                          "Group" + on_real_data("Multiply(Convert(2:i8[6,1,1,3,3]), [1,2,3,4,5,6][6,1,1,1,1])")});
}

// Row PR05: a depthwise kernel as TensorFlow stores it.
TEST_CASE("weights under a Reshape: a kernel of height, width, channels") {
  std::string text = dequantized("a", "x = Parameter : u8[1,2,4,4]", "scale=.5");
  text +=
      filled("v", "5", "i8", "9,2") +
      "\nz = Const value=[7,7] : f32[1,2]\ns = Const value=[.5,.5] : f32[1,2]\nc = Convert(v) : f32[9,2]\ne = "
      "Subtract(c, z) : f32[9,2]\nd = Multiply(e, s) : f32[9,2]\np = Const value=[3,3,2,1] : i64[4]\nf = Reshape(d, "
      "p) special_zero=false : f32[3,3,2,1]\nt = Const value=[2,2] : f32[1,1,2,1]\ng = Multiply(f, t) : "
      "f32[3,3,2,1]\no = Const value=[2,3,0,1] : i64[4]\nh = Transpose(g, o) : f32[2,1,3,3]\nk = Const "
      "value=[2,1,1,3,3] : i64[5]\nw = Reshape(h, k) special_zero=false : f32[2,1,1,3,3]\n";
  text +=
      "y = GroupConvolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[1,2,2,2]\nr = Result(y)\n";
  check_conversion(text, {"Multiply(GroupConvolution(x, Subtract(5:i8[2,1,1,3,3], 7:i8[2,1,1,1,1])), 0.5)",
                          "Group" + on_real_data("Multiply(Subtract(Convert(5:i8[2,1,1,3,3]), 7), 1[1,1,1,1,1])")});
}
