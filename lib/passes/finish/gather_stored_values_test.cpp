#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr std::string_view kPass = "gather_stored_values";

std::string gathered(std::string_view dequantization, std::string_view type = "i8", int axis = 0,
                     std::string_view indices = "i = Parameter : i64[2,?]", std::string_view out = "2,?,2") {
  return fmt::format(
      "{}\nv = Const value=[1,2,3,4,5,6] : {}[3,2]\nt = Dequantize(v) {} : f32[3,2]\n"
      "a = Const value={} : i64[]\ng = Gather(t, i, a) : f32[{}]\nr = Result(g)\n",
      indices, type, dequantization, axis, out);
}

}  // namespace

TEST_CASE("gather_stored_values: rows of integers, and the scale of each") {
  check_rewrite(kPass, gathered("scale=[.1,.2,.3]@0"), R"(
    i = Parameter                                : i64[2,?]
    v = Const value=[1,2,3,4,5,6]                : i8[3,2]
    a = Const value=0                            : i64[]
    g_original = Gather(v, i, a)                          : i8[2,?,2]
    g/convert = Convert(g_original) destination_type=f32          : f32[2,?,2]
    g/scale = Const value=[.1,.2,.3]                   : f32[3,1]
    g/scale/gathered = Gather(g/scale, i, a)                          : f32[2,?,1]
    g = Multiply(g/convert, g/scale/gathered)                           : f32[2,?,2]
    r = Result(g)
  )");
}

TEST_CASE("gather_stored_values: zero points go along") {
  check_rewrite(kPass, gathered("scale=[.1,.2,.3]@0 zero_point=[1,2,3]@0", "u8"), R"(
    i = Parameter                                : i64[2,?]
    v = Const value=[1,2,3,4,5,6]                : u8[3,2]
    a = Const value=0                            : i64[]
    g_original = Gather(v, i, a)                          : u8[2,?,2]
    g/convert = Convert(g_original) destination_type=f32          : f32[2,?,2]
    g/zero_point = Const value=[1,2,3]                      : f32[3,1]
    g/zero_point/gathered = Gather(g/zero_point, i, a)                          : f32[2,?,1]
    g/subtract = Subtract(g/convert, g/zero_point/gathered)                           : f32[2,?,2]
    g/scale = Const value=[.1,.2,.3]                   : f32[3,1]
    g/scale/gathered = Gather(g/scale, i, a)                          : f32[2,?,1]
    g = Multiply(g/subtract, g/scale/gathered)                           : f32[2,?,2]
    r = Result(g)
  )");
}

TEST_CASE("gather_stored_values: what stays as it is") {
  check_no_match(kPass, gathered("scale=.1"));
  check_no_match(kPass, gathered("scale=[.1,.2,.3]@0", "i8", 0, "i = Const value=[0,1] : i64[2,1]", "2,1,2"));
  check_refused(kPass, gathered("scale=[.1,.2]@1"), "the scale of its table varies along another axis than 0",
                Cause::parameters_vary_along_axis);
}
