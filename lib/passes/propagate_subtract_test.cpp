#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"
#include "passes/check_weighted.hpp"

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
