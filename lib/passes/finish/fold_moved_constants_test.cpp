#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kGathered =
    "w = Const value=[1,2,3,4] : i8[2,2]\ni = Const value=[1] : i64[1]\na = Const value=0 : i64[]\n";

}  // namespace

TEST_CASE("fold_moved_constants: a Gather above which the dequantization has moved away") {
  const std::string before = kGathered;
  check_rewrite("fold_moved_constants",
                before + "g = Gather@opset8(w, i, a) : i8[1,2]\ny = Dequantize(g) scale=.5 : f32[1,2]\nr = Result(y)\n",
                "g = Const value=[3,4] : i8[1,2]\ny = Dequantize(g) scale=.5 : f32[1,2]\nr = Result(y)\n");
  const auto folded = "Multiply(Convert([3,4]:i8[1,2]), 0.5)";
  check_conversion(
      before + "d = Dequantize(w) scale=.5 : f32[2,2]\ny = Gather@opset8(d, i, a) : f32[1,2]\nr = Result(y)\n",
      {folded, folded});
}
