#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

struct Case {
  std::string before;  ///< order of a Transpose in front of the Convolution; none if empty
  std::string behind;  ///< and of one behind its bias
  std::string kernel = "1,1";
  bool is_stored = false;  ///< weights that the model itself stores as integers
};

std::string transposed(std::string_view name, std::string_view data, const std::string& order) {
  return fmt::format("{0}_order = Const value=[{2}] : i64[4]\n{0} = Transpose({1}, {0}_order) : f32[1,2,2,2]\n", name,
                     data, order);
}

std::string text(const Case& c) {
  const auto shape = "2,2," + c.kernel;
  const auto pads = c.kernel == "1,1" ? "[0,0]" : "[1,1]";
  std::string lines = "x = Parameter : f32[1,2,2,2]\n";
  lines += c.before.empty() ? "a = ReLU(x) : f32[1,2,2,2]\n" : transposed("a", "x", c.before);
  lines += c.is_stored ? dequantized("w", filled("v", "2", "i8", shape), "scale=.01")
                       : fake_quantized("w", filled("v", ".5", "f32", shape), 255, {"-1.27", "1.27"},
                                        {"[-1.27,-2.54]", "[1.27,2.54]", "2,1,1,1"});
  lines += fmt::format(
      "c = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin={0} pads_end={0} auto_pad=explicit : "
      "f32[1,2,2,2]\n{1}\ny = Add(c, b) : f32[1,2,2,2]\n",
      pads, filled("b", "1", "f32", "1,2,1,1"));
  if (!c.behind.empty()) lines += transposed("z", "y", c.behind);
  return lines + (c.behind.empty() ? "r = Result(y)\n" : "r = Result(z)\n");
}

void check_matrix(const Case& c) {
  INFO(c.before << " and " << c.behind);
  const Converted standard(text(c), Dialect::openvino);
  CHECK(standard.line("w") ==
        "w = Reshape(w/matrix/DequantizationMultiply, w/shape) special_zero=false : f32[2,2,1,1]");
  CHECK(standard.line("w/matrix/DequantizationMultiply") ==
        "w/matrix/DequantizationMultiply = Dequantize(w/quantized_1) scale=[0.01,0.02]@0 : f32[2,2]");
  CHECK(standard.line("w/shape") == "w/shape = Const value=[2,2,1,1] : i64[4]");
}

void check_stays(const Case& c, Dialect dialect = Dialect::openvino) {
  INFO(c.before << " and " << c.behind);
  CHECK(Converted(text(c), dialect).line("w").find("Reshape") == std::string::npos);
}

}  // namespace

TEST_CASE("store_pointwise_weights: beside a Transpose that does not move channels last") {
  for (const auto* order : {"0,1,3,2", "0,2,1,3", "0,2,3,1", "0,3,2,1"}) check_matrix({order, ""});
  for (const auto* order : {"0,1,3,2", "0,2,1,3", "0,3,1,2", "0,3,2,1"}) check_matrix({"", order});
}

TEST_CASE("store_pointwise_weights: where OpenVINO is right the weights keep their shape") {
  check_stays({"", ""});
  check_stays({"0,3,1,2", ""});
  check_stays({"", "0,2,3,1"});
  check_stays({"0,3,1,2", "0,2,3,1"});
  check_stays({"0,1,3,2", "", "3,3"});
}

TEST_CASE("store_pointwise_weights: what a model stores itself, and other dialects, stay") {
  check_stays({"0,1,3,2", "", "1,1", true});
  check_stays({"0,1,3,2", ""}, Dialect::type_relaxed);
}

namespace {

/// Weights under a FakeQuantize, in the shape in which they are quantized, and the lines that make those of a 1x1
/// Convolution of them.
std::string moved_text(std::string_view shape, std::string_view channels, const std::string& move) {
  return fake_quantized("q", fmt::format("v = Const value=[.1,.2,.3,.4,.5,.6] : f32[{}]", shape), 255,
                        {"-1.27", "1.27"}, {"[-1.27,-2.54]", "[1.27,2.54]", channels}) +
         move +
         " : f32[2,3,1,1]\nx = Parameter : f32[1,3,2,2]\nc = Convolution(x, w) strides=[1,1] dilations=[1,1] "
         "pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,2,2,2]\no = Const value=[0,3,1,2] : i64[4]\ny = "
         "Transpose(c, o) : f32[1,2,2,2]\nr = Result(y)\n";
}

void check_moved_matrix(std::string_view text, const std::string& stored) {
  const Converted standard(text, Dialect::openvino);
  CHECK(standard.line("w") ==
        "w = Reshape(w/matrix/DequantizationMultiply, w/shape) special_zero=false : f32[2,3,1,1]");
  CHECK_THAT(standard.line("w/matrix/DequantizationMultiply"), Catch::EndsWith(" scale=[0.01,0.02]@0 : f32[2,3]"));
  CHECK(standard.formula().find("Convert(" + stored + ":i8[2,3])") != std::string::npos);
  check_same_function(parse_text(text), standard.model, 1e-5);
}

}  // namespace

TEST_CASE("store_pointwise_weights: also where the weights were moved after they were stored") {
  const std::string turn = "p = Const value=[1,0,2,3] : i64[4]\nw = Transpose(q, p)";
  const std::string lengths = "p = Const value=[2,3,1,1] : i64[4]\n";
  const std::string both =
      "t = Const value=[1,0] : i64[2]\nm = Transpose(q, t) : f32[2,3]\n" + lengths + "w = Reshape(m, p)";
  check_moved_matrix(moved_text("3,2,1,1", "1,2,1,1", turn), "[10,30,50,20,40,60]");
  check_moved_matrix(moved_text("2,3", "2,1", lengths + "w = Reshape(q, p) special_zero=false"), "[10,20,30,40,50,60]");
  check_moved_matrix(moved_text("3,2", "1,2", both + " special_zero=false"), "[10,30,50,20,40,60]");
}
