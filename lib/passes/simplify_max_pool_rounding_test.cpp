#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "simplify_max_pool_rounding";

std::string pool(std::string_view in, std::string_view out, std::string_view rounding, int pad = 0) {
  return fmt::format(
      "x = Parameter : f32[{}]\ny = MaxPool@opset14(x) strides=[2,2] dilations=[1,1] pads_begin=[{},{}] "
      "pads_end=[{},{}] kernel=[3,3] "
      "rounding_type={} auto_pad=explicit index_element_type=i64 axis=0 : f32[{}], i64[{}]\nr = Result(y.0)\n",
      in, pad, pad, pad, pad, rounding, out, out);
}

}  // namespace

TEST_CASE("simplify_max_pool_rounding: as many windows by a plain rule") {
  // 7: (7-3)/2 + 1 = 3 without a rest; 8: 2.5 + 1, rounded up 4 windows, the last of which begins at 6.
  check_rewrite(kPass, pool("1,2,7,7", "1,2,3,3", "ceil_torch"), pool("1,2,7,7", "1,2,3,3", "floor"));
  check_rewrite(kPass, pool("1,2,8,8", "1,2,4,4", "ceil_torch"), pool("1,2,8,8", "1,2,4,4", "ceil"));
}

TEST_CASE("simplify_max_pool_rounding: a length that is not known stays, and another rule is none of its business") {
  check_refused(kPass, pool("1,2,?,?", "1,2,?,?", "ceil_torch"), "the lengths of its image are not known");
  check_no_match(kPass, pool("1,2,8,8", "1,2,3,3", "floor"));
}
