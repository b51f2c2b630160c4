#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fuse_multiplies";

std::string chain(std::string_view first, std::string_view a, std::string_view second, std::string_view b) {
  return fmt::format(
      "x = Parameter : f32[2,4]\na = Const value={1} : f32[4]\nb = Const value={3} : f32[4]\np = {0}(x, a) : "
      "f32[2,4]\nq = {2}(p, b) : f32[2,4]\nr = Result(q)\n",
      first, a, second, b);
}

}  // namespace

// Rows LO.. of the specification of movement operations.
TEST_CASE("fuse_multiplies: constants of neighbours are joined") {
  check_rewrite(kPass, chain("Multiply", "[1,2,3,4]", "Multiply", "[5,6,7,8]"), R"(
    x = Parameter                       : f32[2,4]
    "q/constant" = Const value=[5,12,21,32] : f32[4]
    q = Multiply(x, "q/constant")       : f32[2,4]
    r = Result(q)
  )",
                1, 1e-6);
  check_rewrite(kPass, chain("Add", "[1,2,3,4]", "Multiply", "[5,6,7,8]"), R"(
    x = Parameter                       : f32[2,4]
    "p/factor" = Const value=[5,6,7,8]  : f32[4]
    p_1 = Multiply(x, "p/factor")       : f32[2,4]
    "q/constant" = Const value=[5,12,21,32] : f32[4]
    q = Add(p_1, "q/constant")          : f32[2,4]
    r = Result(q)
  )",
                1, 1e-6);
}

TEST_CASE("fuse_multiplies: what others read stays, and so does a Subtract") {
  check_no_match(kPass, chain("Multiply", "[1,2,3,4]", "Multiply", "[5,6,7,8]") + "s = Result(p)\n");
  check_no_match(kPass, chain("Subtract", "[1,2,3,4]", "Multiply", "[5,6,7,8]"));
}
