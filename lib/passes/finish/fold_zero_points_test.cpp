#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fold_zero_points";

}  // namespace

TEST_CASE("fold_zero_points: an integer zero point that is left over becomes a real one") {
  check_rewrite(kPass, R"(
    x = Parameter       : f32[1,3]
    i = Const value=127 : u8[]
    z = Convert(i)      : f32[]
    y = Subtract(x, z)  : f32[1,3]
    r = Result(y)
  )",
                R"(
    x = Parameter       : f32[1,3]
    z_1 = Const value=127 : f32[]
    y = Subtract(x, z_1)  : f32[1,3]
    r = Result(y)
  )");
}

TEST_CASE("fold_zero_points: stored weights keep theirs") {
  check_no_match(kPass, R"(
    x = Const value=[1,2,3] : u8[1,3]
    c = Convert(x)          : f32[1,3]
    i = Const value=127     : u8[]
    z = Convert(i)          : f32[]
    y = Subtract(c, z)      : f32[1,3]
    r = Result(y)
  )");
}

TEST_CASE("fold_zero_points: the dialect openvino leaves it as the model has it") {
  check_conversion(
      "x = Parameter : f32[1,3]\ni = Const value=127 : u8[]\nz = Convert(i) : f32[]\ny = Subtract(x, z) : f32[1,3]\nr "
      "= Result(y)\n",
      {"Subtract(x, 127)", "unchanged"});
}
