#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_rewrite.hpp"

using namespace lpt;

TEST_CASE("share_constants: equal constants become the first of them") {
  check_rewrite("share_constants", R"(
    x = Parameter         : f32[2]
    a = Const value=[1,2] : f32[2]
    b = Const value=[1,2] : f32[2]
    y = Add(x, a)         : f32[2]
    z = Add(y, b)         : f32[2]
    r = Result(z)
  )",
                R"(
    x = Parameter         : f32[2]
    a = Const value=[1,2] : f32[2]
    y = Add(x, a)         : f32[2]
    z = Add(y, a)         : f32[2]
    r = Result(z)
  )");
}

TEST_CASE("share_constants: another value, shape or type, stored weights, and what is a result stay apart") {
  const auto check_apart = [](std::string_view one, std::string_view other, std::string_view shape = "2") {
    INFO(other);
    check_no_match("share_constants", fmt::format("a = Const {}\nb = Const {}\nx = Parameter : f32[1]\n"
                                                  "k = Convert(a) destination_type=f32 : f32[2]\n"
                                                  "l = Convert(b) destination_type=f32 : f32[{}]\n"
                                                  "y = Add(x, k) : f32[2]\nz = Add(y, l) : f32[{}]\nr = Result(z)\n",
                                                  one, other, shape, shape));
  };
  check_apart("value=[1,2] : f32[2]", "value=[1,3] : f32[2]");
  check_apart("value=[1,2] : f32[2]", "value=[1,2] : f32[1,2]", "1,2");
  check_apart("value=[0,0] : f32[2]", "value=[0,0] : i32[2]");
  check_apart("value=[1,2] : i8[2]", "value=[1,2] : i8[2]");
  check_no_match("share_constants",
                 "a = Const value=1 : f32[]\nb = Const value=1 : f32[]\nx = Parameter : f32[1]\n"
                 "y = Add(x, a) : f32[1]\nr = Result(y)\ns = Result(b)\n");
}
