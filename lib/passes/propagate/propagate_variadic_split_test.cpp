#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_variadic_split";

}  // namespace

// Rows VS.. of the specification of movement operations.
TEST_CASE("propagate_variadic_split: every output gets its part of the parameters, also where one length is the rest") {
  for (const char* lengths : {"[2,1]", "[2,-1]"}) {
    const auto split = [&](const char* data, const char* type) {
      return "x = Parameter : u8[1,3,2,2]\na = Const value=1 : i64[]\nl = Const value=" + std::string(lengths) +
             " : i64[2]\n" +
             (data[0] == 'd' ? "d = Dequantize(x) scale=[11,22,33]@1 zero_point=[1,2,3]@1 : f32[1,3,2,2]\n" : "") +
             "y = VariadicSplit(" + data + ", a, l) : " + type + "[1,2,2,2], " + type + "[1,1,2,2]\n";
    };
    check_rewrite(
        kPass,
        split("d", "f32") +
            "p = Sigmoid(y.0) : f32[1,2,2,2]\nq = Sigmoid(y.1) : f32[1,1,2,2]\nr = Result(p)\ns = Result(q)\n",
        split("x", "u8") + R"(
      "y.0/DequantizationMultiply" = Dequantize(y.0) scale=[11,22]@1 zero_point=[1,2]@1 : f32[1,2,2,2]
      "y.1/DequantizationMultiply" = Dequantize(y.1) scale=33 zero_point=3 : f32[1,1,2,2]
      p = Sigmoid("y.0/DequantizationMultiply") : f32[1,2,2,2]
      q = Sigmoid("y.1/DequantizationMultiply") : f32[1,1,2,2]
      r = Result(p)
      s = Result(q)
    )");
  }
}

TEST_CASE("propagate_variadic_split: results of the model take the name of the layer, with their number") {
  check_rewrite(kPass, R"(
    x = Parameter                  : u8[1,3,2]
    a = Const value=2              : i64[]
    l = Const value=[1,1]          : i64[2]
    d = Dequantize(x) scale=.5     : f32[1,3,2]
    y = VariadicSplit(d, a, l)     : f32[1,3,1], f32[1,3,1]
    r = Result(y.0)
    s = Result(y.1)
  )",
                R"(
    x = Parameter                            : u8[1,3,2]
    a = Const value=2                        : i64[]
    l = Const value=[1,1]                    : i64[2]
    y_original = VariadicSplit(x, a, l)      : u8[1,3,1], u8[1,3,1]
    "y.0" = Dequantize(y_original.0) scale=.5 : f32[1,3,1]
    "y.1" = Dequantize(y_original.1) scale=.5 : f32[1,3,1]
    r = Result("y.0")
    s = Result("y.1")
  )");
}

// Law: each output has its part of the parameters; the scale, 0.01, goes to the weights of its reader.
TEST_CASE("VariadicSplit: on a real edge the steps around zero pass to both readers") {
  std::string text = fake_quantized("q", "x = Parameter : f32[1,3,2,2]", 256, {"-1.28", "1.27"}) +
                     "axis = Const value=1 : i64[]\nl = Const value=[2,1] : i64[2]\ns = VariadicSplit(q, axis, l) : "
                     "f32[1,2,2,2], f32[1,1,2,2]\n";
  for (const int part : {0, 1}) {
    text += dequantized(fmt::format("w{}", part),
                        filled(fmt::format("v{}", part), "2", "i8", part == 0 ? "1,2,1,1" : "1,1,1,1"), "scale=.01");
    text += fmt::format(
        "y{0} = Convolution(s.{0}, w{0}) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
        "auto_pad=explicit : f32[1,1,2,2]\nr{0} = Result(y{0})\n",
        part);
  }
  check_conversion(
      text,
      {"Multiply(Convolution(Subtract(VariadicSplit(FQ256(x; -1.28..1.27 -> 0..255):u8).0:u8, 128:u8[1,2,1,1]), "
       "2:i8[1,2,1,1]), 0.0001)\n"
       "Multiply(Convolution(Subtract(VariadicSplit(FQ256(x; -1.28..1.27 -> 0..255):u8).1:u8, 128:u8), "
       "2:i8[1,1,1,1]), 0.0001)",
       "Convolution(VariadicSplit(FQ256(x; -1.28..1.27 -> -128..127)).0, Multiply(Convert(2:i8[1,2,1,1]), 0.0001))\n"
       "Convolution(VariadicSplit(FQ256(x; -1.28..1.27 -> -128..127)).1, Multiply(Convert(2:i8[1,1,1,1]), 0.0001))"});
}
