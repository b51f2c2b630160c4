// Values worked out by hand from the operation specifications.
#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"

using namespace lpt;

namespace {

Tensor square() { return f32({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}); }
constexpr auto kNaN = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("MaxPool: floor and ceil, padding, dilation") {
  check_operation("MaxPool", "kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0]", {square()},
                  {f32({1, 1, 1, 1}, {5})});
  check_operation("MaxPool", "kernel=[2,2] strides=[2,2] rounding_type=ceil", {square()},
                  {f32({1, 1, 2, 2}, {5, 6, 8, 9})});
  check_operation("MaxPool", "kernel=[2,2] strides=[2,2] pads_begin=[1,1] pads_end=[0,0]", {square()},
                  {f32({1, 1, 2, 2}, {1, 3, 7, 9})});
  check_operation("MaxPool", "kernel=[2,2] strides=[1,1] auto_pad=same_upper", {square()},
                  {f32({1, 1, 3, 3}, {5, 6, 6, 8, 9, 9, 8, 9, 9})});
  check_operation("MaxPool", "kernel=[2,2] strides=[1,1] auto_pad=same_lower", {square()},
                  {f32({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9})});
  check_operation("MaxPool", "kernel=[2] strides=[1]", {f32({1, 1, 3}, {-3, -1, -2})}, {f32({1, 1, 2}, {-1, -1})});
}

TEST_CASE("MaxPool tells where the largest elements lie, from an axis on") {
  const auto two = f32({1, 2, 1, 2}, {1, 2, 4, 3});
  const std::string pool = "kernel=[1,2] strides=[1,1] dilations=[1,1] index_element_type=i64 axis=";
  check_operation("MaxPool@opset8", pool + "0", {two}, {f32({1, 2, 1, 1}, {2, 4}), i64({1, 2, 1, 1}, {1, 2})});
  check_operation("MaxPool@opset14", pool + "2", {two}, {f32({1, 2, 1, 1}, {2, 4}), i64({1, 2, 1, 1}, {1, 0})});
  check_operation("MaxPool@opset8", "kernel=[2,2] strides=[1,1] dilations=[2,2] axis=2", {square()},
                  {f32({1, 1, 1, 1}, {9}), i64({1, 1, 1, 1}, {8})});
}

TEST_CASE("AvgPool: what is divided by") {
  const std::string pool = "kernel=[2,2] strides=[2,2] pads_begin=[1,1] pads_end=[0,0] exclude-pad=";
  check_operation("AvgPool", pool + "true", {square()}, {f32({1, 1, 2, 2}, {1, 2.5F, 5.5F, 7})});
  check_operation("AvgPool", pool + "false", {square()}, {f32({1, 1, 2, 2}, {0.25F, 1.25F, 2.75F, 7})});
  // Without padding a rounded-up window is divided by what it sees.
  check_operation("AvgPool", "kernel=[2,2] strides=[2,2] rounding_type=ceil exclude-pad=false", {square()},
                  {f32({1, 1, 2, 2}, {3, 4.5F, 7.5F, 9})});
  // A window of padding alone is 0 / 0.
  check_operation("AvgPool", "kernel=[1] strides=[1] pads_begin=[1] pads_end=[0] exclude-pad=true",
                  {f32({1, 1, 1}, {3})}, {f32({1, 1, 2}, {kNaN, 3})});
  // 8-bit means are rounded half to even: 0.5 and 1.5.
  check_operation("AvgPool", "kernel=[2] strides=[2]", {tensor_of(ElementType::u8, {1, 1, 4}, {0, 1, 1, 2})},
                  {tensor_of(ElementType::u8, {1, 1, 2}, {0, 2})});
}

TEST_CASE("ceil_torch drops a window that begins behind the input") {
  const std::string pool = "kernel=[1] strides=[2] pads_begin=[1] pads_end=[1] exclude-pad=true rounding_type=";
  // (2 + 2 - 1) / 2 rounds up to 2, so 3 outputs; the third would begin at 4, behind 2 + 1.
  const auto x = f32({1, 1, 2}, {5, 7});
  check_operation("AvgPool@opset14", pool + "ceil", {x}, {f32({1, 1, 3}, {kNaN, 7, kNaN})});
  check_operation("AvgPool@opset14", pool + "ceil_torch", {x}, {f32({1, 1, 2}, {kNaN, 7})});
}

TEST_CASE("adaptive pools: 3 elements in 2 windows, 0..1 and 1..2") {
  const auto x = f32({1, 1, 3}, {1, 2, 6});
  check_operation("AdaptiveAvgPool@opset8", "", {x, i64({1}, {2})}, {f32({1, 1, 2}, {1.5F, 4})});
  check_operation("AdaptiveMaxPool@opset8", "index_element_type=i64", {x, i64({1}, {2})},
                  {f32({1, 1, 2}, {2, 6}), i64({1, 1, 2}, {1, 2})});
}

TEST_CASE("pools refuse what does not fit") {
  check_operation_refused("MaxPool", "kernel=[4,4] strides=[1,1]", {square()},
                          "a window of 4 does not fit 3 elements with pads 0 and 0");
  check_operation_refused("MaxPool", "kernel=[2] strides=[1,1]", {square()},
                          "kernel has 1 values, should have one for each of 2 spatial dimensions");
  check_operation_refused("AvgPool", "kernel=[2,2] strides=[0,1]", {square()},
                          "strides holds 0, should be 1..2147483647");
}
