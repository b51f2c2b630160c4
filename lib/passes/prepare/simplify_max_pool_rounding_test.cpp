#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

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

// Along the first axis, 8 and pads of 2, 4.5 steps of 2 fit, and the sixth window would begin at 10, behind the image
// and its first pad: floor's 5 are left. Along the second one, without pads, 2.5 fit, and ceil's 4 are left.
TEST_CASE("simplify_max_pool_rounding: axes that want different rules stay") {
  const std::string text =
      "x = Parameter : f32[1,2,8,8]\ny = MaxPool@opset14(x) strides=[2,2] dilations=[1,1] pads_begin=[2,0] "
      "pads_end=[2,0] kernel=[3,3] rounding_type=ceil_torch auto_pad=explicit index_element_type=i64 axis=0 : "
      "f32[1,2,5,4], i64[1,2,5,4]\nr = Result(y.0)\n";
  check_refused(kPass, text, "no other rule gives as many windows");
  CHECK(Converted(text, Dialect::openvino).first_refusal(kPass).cause() == Cause::windows_differ);
  CHECK(Converted(pool("1,2,?,?", "1,2,?,?", "ceil_torch"), Dialect::openvino).first_refusal(kPass).cause() ==
        Cause::lengths_unknown);
}

TEST_CASE("simplify_max_pool_rounding: in the dialect openvino as well") {
  CHECK(Converted(pool("1,2,8,8", "1,2,4,4", "ceil_torch"), Dialect::openvino).line("y") ==
        "y = MaxPool@opset14(x) strides=[2,2] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] kernel=[3,3] "
        "rounding_type=ceil auto_pad=explicit index_element_type=i64 axis=0 : f32[1,2,4,4], i64[1,2,4,4]");
}
