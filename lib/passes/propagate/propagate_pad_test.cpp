#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_pad";

}  // namespace

namespace {

std::string pads(std::string_view begin, std::string_view end, std::string_view value = "0") {
  return "b = Const value=" + std::string(begin) + " : i64[4]\ne = Const value=" + std::string(end) +
         " : i64[4]\nv = Const value=" + std::string(value) + " : f32[]";
}

/// The value that is left in front of the Pad, which reads integers, has another type and name.
void check(std::string_view mode, const std::string& constants, std::string_view out, std::string_view before,
           std::string_view after, std::string_view value, std::string_view type = "u8",
           std::string_view in = "1,3,6,6") {
  INFO(mode << " " << before);
  const auto text = [&](const std::string& data, const std::string& rest) {
    return "x = Parameter : " + std::string(type) + "[" + std::string(in) + "]\n" + data + rest + "r = Result(y)\n";
  };
  const std::string shape = "[" + std::string(out) + "]";
  const auto first = constants.substr(0, constants.rfind("v ="));
  check_rewrite(
      kPass,
      text(constants + "\nd = Dequantize(x) " + std::string(before) + " : f32[" + std::string(in) + "]\n",
           "y = Pad(d, b, e, v) pad_mode=" + std::string(mode) + " : f32" + shape + "\n"),
      text(first + "\"y/value\" = Const value=" + std::string(value) + " : " + std::string(type) + "[]\n",
           "y_original = Pad(x, b, e, \"y/value\") pad_mode=" + std::string(mode) + " : " + std::string(type) + shape +
               "\ny = Dequantize(y_original) " + std::string(after) + " : f32" + shape + "\n"));
}

const std::string kTwoAxes = pads("[0,0,2,1]", "[0,0,1,2]"), kOneAxis = pads("[0,0,2,0]", "[0,0,1,0]");
constexpr auto kBoth = "1,3,9,9", kOne = "1,3,9,6";

}  // namespace

TEST_CASE("propagate_pad: padding with 0 is padding with the stored 0 where there is no zero point") {
  check("constant", kTwoAxes, kBoth, "scale=3", "scale=3", "0");
  check("constant", kTwoAxes, kBoth, "scale=3", "scale=3", "0", "i8");
  check("constant", kTwoAxes, kBoth, "scale=[3,1,2]@1", "scale=[3,1,2]@1", "0");
}

TEST_CASE("propagate_pad: a zero point that is stored fills the padding") {
  check("constant", kTwoAxes, kBoth, "scale=3 zero_point=64", "scale=3 zero_point=64", "64");
  check("constant", kOneAxis, kOne, "scale=3 zero_point=64", "scale=3 zero_point=64", "64", "i8");
  check("constant", kTwoAxes, kBoth, "scale=3 zero_point=[64,64,64]@1", "scale=3 zero_point=64", "64");
  check("constant", pads("[0,0,2,1]", "[0,0,1,2]", "6"), kBoth, "scale=3 zero_point=64", "scale=3 zero_point=64", "66");
}

TEST_CASE("propagate_pad: other modes repeat elements, and the parameters along them") {
  for (const char* mode : {"edge", "reflect", "symmetric"}) {
    check(mode, kTwoAxes, kBoth, "scale=3 zero_point=128", "scale=3 zero_point=128", "0");
    check(mode, kTwoAxes, kBoth, "scale=[3,1,2]@1 zero_point=[64,32,16]@1", "scale=[3,1,2]@1 zero_point=[64,32,16]@1",
          "0", "i8");
  }
  const char* rows = "scale=[1,2,3,4,5,6]@2 zero_point=[1,2,3,4,5,6]@2";
  check("edge", kTwoAxes, kBoth, rows, "scale=[1,1,1,2,3,4,5,6,6]@2 zero_point=[1,1,1,2,3,4,5,6,6]@2", "0");
  check("symmetric", kTwoAxes, kBoth, rows, "scale=[2,1,1,2,3,4,5,6,6]@2 zero_point=[2,1,1,2,3,4,5,6,6]@2", "0");
  check("reflect", kTwoAxes, kBoth, "scale=3 zero_point=[1,2,3,4,5,6]@2", "scale=3 zero_point=[3,2,1,2,3,4,5,6,5]@2",
        "0");
}

TEST_CASE("propagate_pad: along an axis that is padded the padding has scale 1 and zero point 0") {
  check("constant", kTwoAxes, kBoth, "scale=[1,2,3,4,5,6]@2", "scale=[1,1,1,2,3,4,5,6,1]@2", "0");
  const char* rows = "scale=[3,3,3,2,2,2]@2 zero_point=[64,64,64,32,32,32]@2";
  check("constant", kOneAxis, kOne, rows, "scale=[1,1,3,3,3,2,2,2,1]@2 zero_point=[0,0,64,64,64,32,32,32,0]@2", "0",
        "i8");
  check("constant", pads("[0,0,2,0]", "[0,0,1,0]", "2"), kOne, "scale=[3,3,3,2,2,2]@2", "scale=[1,1,3,3,3,2,2,2,1]@2",
        "2", "i8");
  check("constant", pads("[0,1,0,0]", "[0,2,0,0]"), "1,6,6,6", "scale=[3,1,2]@1 zero_point=[1,2,3]@1",
        "scale=[1,3,1,2,1,1]@1 zero_point=[0,1,2,3,0,0]@1", "0");
}

TEST_CASE("propagate_pad: a negative length cuts") {
  const auto cut = [](std::string_view begin, std::string_view end, std::string_view out, std::string_view before,
                      std::string_view after, std::string_view value = "0") {
    const auto constants = pads(begin, end);
    check_rewrite(
        kPass,
        fmt::format("x = Parameter : u8[1,3,6,6]\n{}\nd = Dequantize(x) {} : f32[1,3,6,6]\ny = Pad@opset12(d, "
                    "b, e, v) pad_mode=constant : f32[{}]\nr = Result(y)\n",
                    constants, before, out),
        fmt::format("x = Parameter : u8[1,3,6,6]\n{}\"y/value\" = Const value={} : u8[]\ny_original = "
                    "Pad@opset12(x, b, e, \"y/value\") pad_mode=constant : u8[{}]\ny = Dequantize(y_original) "
                    "{} : f32[{}]\nr = Result(y)\n",
                    constants.substr(0, constants.rfind("v =")), value, out, after, out));
  };
  const char* both = "scale=3 zero_point=64";
  cut("[0,0,-1,0]", "[0,0,-1,0]", "1,3,4,6", both, both);
  cut("[0,0,-1,0]", "[0,0,-2,0]", "1,3,3,6", "scale=[1,2,3,4,5,6]@2 zero_point=[1,2,3,4,5,6]@2",
      "scale=[2,3,4]@2 zero_point=[2,3,4]@2");
  cut("[0,0,-1,0]", "[0,0,2,0]", "1,3,7,6", both, both, "64");
}

TEST_CASE("propagate_pad: a padding that cannot be stored stays") {
  const auto stays = [](const std::string& constants, std::string_view before, std::string_view reason) {
    check_stays(kPass, {"1,3,6,6", "Pad(%, b, e, v) pad_mode=constant", kBoth, before, {}, constants}, reason);
  };
  stays(kTwoAxes, "scale=[3,1,2]@1 zero_point=[128,64,32]@1", "it pads 2 axes, and its input has a zero point");
  check_stays(kPass,
              {"1,3,6,6",
               "Pad(%, b, e, v) pad_mode=constant",
               kOne,
               "scale=3 zero_point=[1,2,3]@1",
               {},
               pads("[0,0,2,0]", "[0,0,1,0]")},
              "its zero point varies along an axis that is not padded", Cause::parameters_vary_along_axis);
  check_stays(kPass,
              {"1,3,6,6",
               "Pad(%, b, e, v) pad_mode=constant",
               kOne,
               "scale=[3,1,2]@1",
               {},
               pads("[0,0,2,0]", "[0,0,1,0]", "2")},
              "its scale varies along an axis that is not padded", Cause::parameters_vary_along_axis);
  check_stays(kPass,
              {"1,3,6,6",
               "Pad(%, b, e, v) pad_mode=constant",
               "?,?,?,?",
               "scale=3",
               {},
               "b = Parameter : i64[4]\ne = Const value=[0,0,0,0] : i64[4]\nv = Const value=0 : f32[]"},
              "its pads are no constants", Cause::operand_not_constant);
  check_stays(kPass,
              {"1,3,6,6",
               "Pad(%, b, e, v) pad_mode=constant",
               kOne,
               "scale=3",
               {},
               "b = Const value=[0,0,2,0] : i64[4]\ne = Const value=[0,0,1,0] : i64[4]\nv = Parameter : f32[]"},
              "its value is no constant", Cause::operand_not_constant);
  stays(pads("[0,0,2,1]", "[0,0,1,2]", "1"), "scale=[3,1,2]@1", "it pads 2 axes with 1");
  stays(pads("[0,0,2,1]", "[0,0,1,2]", ".5"), "scale=3", "its value 0.5 is none that u8 holds");
  check_stays(
      kPass,
      {"1,3,6,6", "Pad(%, b, e, v) pad_mode=constant", kBoth, "scale=3", {}, pads("[0,0,2,1]", "[0,0,1,2]", "-1")},
      "its value -1 is none that u8 holds", Cause::padding_between_steps);
  check_stays(kPass, {"1,3,6,6", "Pad(%, b, e, v) pad_mode=reflect", kBoth, "scale=[1,2,3,4,5,6]@2", {}, kTwoAxes},
              "its scale varies along axis 2, which is reflected");
}

// A runtime cuts the value to the type of the integers, whatever the file says.
TEST_CASE("Pad: on a real edge the value has to be one of the integers") {
  const auto refusal = [](std::string_view value, RangeText range) {
    const auto text =
        fake_quantized("q", "x = Parameter : f32[1,2,4,4]", 256, range) + pads("[0,0,1,1]", "[0,0,1,1]", value) +
        "\np = Pad(q, b, e, v) pad_mode=constant : f32[1,2,6,6]\n" +
        dequantized("w", filled("k", "2", "i8", "1,2,1,1"), "scale=.01") +
        "y = Convolution(p, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
        "f32[1,1,6,6]\nr = Result(y)\n";
    return Converted(text, Dialect::openvino).refusal("propagate_pad");
  };
  CHECK(refusal("1", {"0", "2.55"}).empty());
  CHECK(refusal("0", {"-1", "1.55"}).empty());
  CHECK(refusal("1.004", {"0", "2.55"}) == "its value 1.004 is none that u8 holds");
  CHECK(refusal("10", {"0", "2.55"}) == "its value 10 is none that u8 holds");
  CHECK(refusal("-1", {"-1.28", "1.27"}) == "its value -1 is none that u8 holds");
}

// Law: pad(s*(x - z), v) == s*(pad(x, v/s + z) - z), with s = 0.01, and z = 128 where the edge has integers.
TEST_CASE("Pad: on a real edge 0 is the step 0, and 0.5 the step 50") {
  const auto check = [](std::string_view value, std::string_view stored, std::string_view steps) {
    const auto constants = pads("[0,0,2,1]", "[0,0,1,2]", value);
    check_conversion(
        before_convolution({"1,3,4,4", "Pad(%, b, e, v) pad_mode=constant", "1,3,7,7", constants}),
        {fmt::format("Multiply(Convolution(Subtract(Pad(FQ256(x; -1.28..1.27 -> 0..255):u8, {}:u8):u8, "
                     "128:u8[1,3,1,1]), 2:i8[1,3,1,1]), 0.0001)",
                     stored),
         fmt::format(
             "Convolution(Pad(FQ256(x; -1.28..1.27 -> -128..127), {}), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))",
             steps)});
  };
  check("0", "128", "0");
  check(".5", "178", "50");
}
