#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

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

// Rows LO02, LO04, LO05, LO08 and LO09, through the whole pipeline.
TEST_CASE("linear operations: constants of neighbours are joined") {
  const auto check = [](const std::string& lines, const std::string& formula) {
    check_conversion("x = Parameter : f32[2,4]\n" + lines + "r = Result(y)\n", {formula, formula});
  };
  const std::string numbers =
      "two = Const value=2 : f32[]\nthree = Const value=3 : f32[]\nfour = Const value=4 : f32[]\nfive = Const value=5 "
      ": "
      "f32[]\n";
  check(
      "a = Const value=[1,2,3,4] : f32[4]\nb = Const value=[5,6,7,8] : f32[4]\np = Add(x, a) : f32[2,4]\ny = Add(p, "
      "b) : f32[2,4]\n",
      "Add(x, [6,8,10,12][4])");
  check(numbers +
            "p = Multiply(x, two) : f32[2,4]\nq = Add(p, four) : f32[2,4]\ns = Multiply(q, three) : f32[2,4]\ny = "
            "Add(s, five) : f32[2,4]\n",
        "Add(Multiply(x, 6), 17)");
  check(numbers +
            "p = Multiply(x, two) : f32[2,4]\nq = Add(p, four) : f32[2,4]\ns = Add(q, five) : f32[2,4]\ny = "
            "Multiply(s, three) : f32[2,4]\n",
        "Add(Multiply(x, 6), 27)");
  check(
      "a = Const value=[1,2,3,4] : f32[4]\nb = Const value=[2] : f32[1,1]\np = Multiply(x, a) : f32[2,4]\ny = "
      "Multiply(p, b) : f32[2,4]\n",
      "Multiply(x, [2,4,6,8][1,4])");
}

TEST_CASE("fuse_multiplies: integers stay") {
  check_no_match(kPass,
                 "x = Parameter : u8[2,4]\na = Const value=2 : u8[]\nb = Const value=3 : u8[]\np = Multiply(x, a) "
                 ": u8[2,4]\ny = Multiply(p, b) : u8[2,4]\nr = Result(y)\n");
}

TEST_CASE("fuse_multiplies: a product that is not finite stays apart") {
  // Each constant is finite, and x * a * b as well where x is small.
  check_no_match(kPass, chain("Multiply", "[1e30,1,1,1]", "Multiply", "[1e30,1,1,1]"));
  check_no_match(kPass, chain("Add", "[1e30,1,1,1]", "Multiply", "[1e30,1,1,1]"));
  check_no_match(kPass, chain("Add", "[-1e30,1,1,1]", "Multiply", "[1e30,1,1,1]"));
}

TEST_CASE("linear operations: what would take more bytes is not for OpenVINO, which joins them itself") {
  const auto check = [](std::string_view first, std::string_view a, std::string_view second, std::string_view b,
                        const std::string& formula) {
    const auto text = fmt::format(
        "x = Parameter : f32[2,4]\na = Const value={} : f32[{}]\nb = Const value={} : f32[{}]\np = {}(x, a) : "
        "f32[2,4]\ny = {}(p, b) : f32[2,4]\nr = Result(y)\n",
        a, a == "2" ? "" : "4", b, b == "[5,6]" ? "2,1" : "4", first, second);
    check_conversion(text, {formula, "unchanged"});
  };
  check("Multiply", "[1,2,3,4]", "Multiply", "[5,6]", "Multiply(x, [5,10,15,20,6,12,18,24][2,4])");
  check("Add", "[1,2,3,4]", "Add", "[5,6]", "Add(x, [6,7,8,9,7,8,9,10][2,4])");
  check("Add", "2", "Multiply", "[1,2,3,4]", "Add(Multiply(x, [1,2,3,4][4]), [2,4,6,8][4])");
}
