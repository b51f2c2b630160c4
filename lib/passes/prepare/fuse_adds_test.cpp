#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fuse_adds";

std::string chain(std::string_view a, std::string_view b, std::string_view type = "f32") {
  return fmt::format(
      "x = Parameter : {2}[2,4]\na = Const value={0} : {2}[4]\nb = Const value={1} : {2}[4]\np = Add(x, a) : "
      "{2}[2,4]\nq = Add(p, b) : {2}[2,4]\nr = Result(q)\n",
      a, b, type);
}

}  // namespace

TEST_CASE("fuse_adds: constants of neighbours are joined") {
  check_rewrite(kPass, chain("[1,2,3,4]", "[5,6,7,8]"), R"(
    x = Parameter                          : f32[2,4]
    "q/constant" = Const value=[6,8,10,12] : f32[4]
    q = Add(x, "q/constant")               : f32[2,4]
    r = Result(q)
  )",
                1, 1e-6);
}

TEST_CASE("fuse_adds: a sum that is not finite, other types, and a sum that others read stay") {
  // Each constant is finite, and x + a + b as well where x is far below 0.
  check_no_match(kPass, chain("[3e38,0,0,0]", "[3e38,0,0,0]"));
  check_no_match(kPass, chain("[-3e38,0,0,0]", "[-3e38,0,0,0]"));
  check_no_match(kPass, chain("[1,2,3,4]", "[5,6,7,8]", "f16"));
  check_no_match(kPass, chain("[1,2,3,4]", "[5,6,7,8]") + "s = Result(p)\n");
}
