#include <catch2/catch.hpp>

#include "passes/check_rewrite.hpp"

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
