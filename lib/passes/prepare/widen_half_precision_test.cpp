#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "widen_half_precision";
/// What rounding to f16 between the layers makes, which the runtime leaves out.
constexpr double kHalf = 2e-3;

}  // namespace

TEST_CASE("widen_half_precision: layers compute in f32, inputs, outputs and constants stay halves") {
  const auto before = [](std::string_view half) {
    return fmt::format(R"(
    x = Parameter                     : {0}[2]
    c = Const value=.5                : {0}[]
    y = Add(x, c)                     : {0}[2]
    z = ReLU(y)                       : {0}[2]
    w = Abs(x)                        : {0}[2]
    r = Result(z)
    s = Result(w)
  )",
                       half);
  };
  const auto after = [](std::string_view half) {
    return fmt::format(R"(
    x = Parameter                     : {0}[2]
    x/f32 = Convert(x)                : f32[2]
    c = Const value=.5                : {0}[]
    c/f32 = Convert(c)                : f32[]
    y = Add(x/f32, c/f32)                     : f32[2]
    z_original = ReLU(y)              : f32[2]
    z = Convert(z_original)           : {0}[2]
    w_original = Abs(x/f32)               : f32[2]
    w = Convert(w_original)           : {0}[2]
    r = Result(z)
    s = Result(w)
  )",
                       half);
  };
  check_rewrite(kPass, before("f16"), after("f16"), 3, kHalf);
  check_rewrite(kPass, before("bf16"), after("bf16"), 3, 2e-2);
}

TEST_CASE("widen_half_precision: stored weights are converted to f32 at once") {
  check_rewrite(kPass, R"(
    x = Parameter                     : f16[2]
    v = Const value=[1,2]             : i8[2]
    c = Convert(v)                    : f16[2]
    y = Add(x, c)                     : f16[2]
    r = Result(y)
  )",
                R"(
    x = Parameter                     : f16[2]
    x/f32 = Convert(x)                : f32[2]
    v = Const value=[1,2]             : i8[2]
    c = Convert(v)                    : f32[2]
    y_original = Add(x/f32, c)            : f32[2]
    y = Convert(y_original)           : f16[2]
    r = Result(y)
  )",
                2, kHalf);
}

TEST_CASE("widen_half_precision: Converts between f32 and halves go, but for a rounded constant") {
  check_rewrite(kPass, R"(
    x = Parameter                     : f32[2]
    h = Convert(x)                    : f16[2]
    k = Const value=.1                : f32[]
    c = Convert(k)                    : f16[]
    y = Add(h, c)                     : f16[2]
    w = Convert(y)                    : f32[2]
    z = ReLU(w)                       : f32[2]
    r = Result(z)
  )",
                R"(
    x = Parameter                     : f32[2]
    k = Const value=.1                : f32[]
    c = Convert(k)                    : f16[]
    c/f32 = Convert(c)                : f32[]
    y = Add(x, c/f32)                 : f32[2]
    z = ReLU(y)                       : f32[2]
    r = Result(z)
  )",
                1, kHalf);
}

TEST_CASE("widen_half_precision: what states a half by itself keeps it") {
  check_rewrite(kPass, R"(
    x = Parameter                     : f16[2]
    y = Abs(x)                        : f16[2]
    v = ReadValue@opset6(y) variable_id=v variable_type=f16 variable_shape=2 : f16[2]
    z = ReLU(v)                       : f16[2]
    a = Assign@opset6(z) variable_id=v : f16[2]
    r = Result(v)
  )",
                R"(
    x = Parameter                     : f16[2]
    x/f32 = Convert(x)                : f32[2]
    y = Abs(x/f32)                    : f32[2]
    y/f16 = Convert(y)                : f16[2]
    v = ReadValue@opset6(y/f16) variable_id=v variable_type=f16 variable_shape=2 : f16[2]
    v/f32 = Convert(v)                : f32[2]
    z = ReLU(v/f32)                   : f32[2]
    z/f16 = Convert(z)                : f16[2]
    a = Assign@opset6(z/f16) variable_id=v : f16[2]
    r = Result(v)
  )",
                2, kHalf);
}

TEST_CASE("widen_half_precision: f32 models are none of its business, compressed constants included") {
  check_no_match(kPass, R"(
    x = Parameter                     : f32[2]
    c = Const value=.5                : f16[]
    d = Convert(c)                    : f32[]
    y = Add(x, d)                     : f32[2]
    r = Result(y)
  )");
  check_no_match(kPass, R"(
    x = Parameter                     : f32[2]
    v = Const value=[1,2]             : i8[2]
    c = Convert(v)                    : f16[2]
    k = Const value=.5                : f16[]
    m = Multiply(c, k)                : f16[2]
    w = Convert(m)                    : f32[2]
    y = Add(x, w)                     : f32[2]
    r = Result(y)
  )");
}

// By hand: 2.55078125 / 255 is a step of 0.01000306. The scale of the weights is 0.5.
TEST_CASE("widen_half_precision: a Convolution of halves gets its integers") {
  const std::string text =
      "x = Parameter : f16[1,3,4,4]\nl = Const value=0 : f16[]\nh = Const value=2.55078125 : f16[]\nq = "
      "FakeQuantize(x, l, h, l, h) levels=256 : f16[1,3,4,4]\n" +
      filled("v", "2", "i8", "1,3,2,2") +
      "\nc = Convert(v) : f16[1,3,2,2]\ns = Const value=.5 : f16[]\nw = Multiply(c, s) : f16[1,3,2,2]\ny = "
      "Convolution(q, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f16[1,1,3,3]\nr = Result(y)\n";
  const auto formula = [&](Dialect dialect) { return Converted(text, dialect).formula(); };
  CHECK(formula(Dialect::type_relaxed) ==
        "Convert(Multiply(Convolution(FQ256(Convert(x); 0..2.55078 -> 0..255):u8, 2:i8[1,3,2,2]), 0.00500153)):f16");
  CHECK(formula(Dialect::openvino) ==
        "Convert(Convolution(FQ256(Convert(x); 0..2.55078 -> 0..255), Multiply(Convert(2:i8[1,3,2,2]), "
        "0.00500153))):f16");
}

TEST_CASE("widen_half_precision: a constant that goes into a range is not rounded") {
  const std::string text =
      "x = Parameter : f16[2]\nc = Const value=.1 : f16[]\nm = Multiply(x, c) : f16[2]\nl = Const value=0 : f16[]\n"
      "h = Const value=2.5 : f16[]\nq = FakeQuantize(m, l, h, l, h) levels=256 : f16[2]\nr = Result(q)\n";
  // 0.1 is 0.0999756 in f16; 2.5 / 0.0999756 = 25.0061
  CHECK(Converted(text, Dialect::openvino).formula() == "Convert(FQ256(Convert(x); 0..25.0061 -> 0..2.5)):f16");
}
