#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

/// A Convolution of x, behind a FakeQuantize of 4 levels or none, by weights between `low` and 1: no integer kernel.
std::string text(std::string_view low, bool quantized = true, std::string_view levels = "4") {
  std::string lines = "x = Parameter : f32[1,2,2,2]\n";
  lines += quantized ? fake_quantized("a", "b = ReLU(x) : f32[1,2,2,2]", std::stoi(std::string(levels)), {"0", "3"})
                     : "a = ReLU(x) : f32[1,2,2,2]\n";
  lines += fake_quantized("w", "v = Const value=[-1,.3,.7,1] : f32[2,2,1,1]", 256, {low, "1"});
  return lines +
         "y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
         "f32[1,2,2,2]\nr = Result(y)\n";
}

}  // namespace

// 256 levels from -0.4 to 1 have the scale 1.4/255 and, from -128 on, the zero point -55.14; from -0.5 to 1 it is -43.
TEST_CASE("split_zero_points: a fraction is added behind the scale where no integer operation takes the weights") {
  const Converted standard(text("-.4"), Dialect::openvino);
  CHECK(standard.formula() ==
        "Convolution(FQ4(ReLU(x); 0..3 -> 0..3), "
        "Add(Multiply(Convert([-128,0,72,127]:i8[2,2,1,1]), 0.0054902), 0.302745))");
  check_same_function(parse_text(text("-.4")), standard.model, 1e-6);
}

TEST_CASE("split_zero_points: integers, real activations and integer operations keep their zero point") {
  const auto line = [](const std::string& model) { return Converted(model, Dialect::openvino).line("w"); };
  CHECK(line(text("-.5")).find("zero_point=-43") != std::string::npos);
  CHECK(line(text("-.4", false)).find("zero_point=") != std::string::npos);
  CHECK(line(text("-.4", true, "256")).find("zero_point=") != std::string::npos);
  CHECK(Converted(text("-.4"), Dialect::type_relaxed).line("w").find("Add") == std::string::npos);
}
