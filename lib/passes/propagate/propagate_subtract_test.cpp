#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "testing/check_weighted.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_subtract";

}  // namespace

// Row SB02 of the specification.
TEST_CASE("propagate_subtract: a constant joins the zero point") {
  check_rewrite(kPass, R"(
    x = Parameter                          : u8[1,3,2,2]
    c = Const value=20                     : f32[]
    a = Dequantize(x) scale=10 zero_point=3 : f32[1,3,2,2]
    y = Subtract(a, c)                     : f32[1,3,2,2]
    r = Result(y)
  )",
                R"(
    x = Parameter                          : u8[1,3,2,2]
    y = Dequantize(x) scale=10 zero_point=5 : f32[1,3,2,2]
    r = Result(y)
  )",
                1, 1e-6);
}

TEST_CASE("propagate_subtract: c - x is not x - c, and a scale of 0 divides nothing") {
  check_no_match(kPass, R"(
    x = Parameter              : u8[1,3,2,2]
    c = Const value=20         : f32[]
    a = Dequantize(x) scale=10 : f32[1,3,2,2]
    y = Subtract(c, a)         : f32[1,3,2,2]
    r = Result(y)
  )");
  check_refused(kPass, R"(
    x = Parameter              : u8[1,3,2,2]
    c = Const value=20         : f32[]
    a = Dequantize(x) scale=0  : f32[1,3,2,2]
    y = Subtract(a, c)         : f32[1,3,2,2]
    r = Result(y)
  )",
                "a scale of its input is 0");
}

// Law: s*(x - z) - c == s*(x - (z + c/s)), with c/s = 100. On a real edge the range keeps its units, and takes c in.
TEST_CASE("Subtract: a constant in front of a Convolution") {
  check_conversion(
      before_convolution({"1,3,4,4", "Subtract(%, c)", "1,3,4,4", "c = Const value=1 : f32[]"}),
      {"Multiply(Convolution(Subtract(FQ256(x; -1.28..1.27 -> 0..255):u8, 228:u8[1,3,1,1]), 2:i8[1,3,1,1]), 0.0001)",
       "Convolution(FQ256(x; -1.28..1.27 -> -2.28..0.27), Multiply(Convert(2:i8[1,3,1,1]), 0.01))"});
}

TEST_CASE("propagate_subtract: constants that cannot go where they would have to") {
  const auto refused = [](std::string_view shape, std::string_view scale, std::string_view constant,
                          std::string_view reason, Cause code) {
    check_refused(kPass,
                  fmt::format("x = Parameter : u8[{0}]\nc = Const value={2}\na = Dequantize(x) scale={1} : f32[{0}]\ny "
                              "= Subtract(a, c) : f32[1,3,2,2]\nr = Result(y)\n",
                              shape, scale, constant),
                  reason, code);
  };
  refused("1,3,2,2", "1e-30", "1e30 : f32[]", "its constant is too large for the scale of its input",
          Cause::scales_too_far_apart);
  refused("1,1,2,2", ".1", "[1,2,3] : f32[1,3,1,1]", "its constant enlarges the data", Cause::parameters_enlarge_data);
}
