// Values worked out by hand from the operation's specification.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_operation.hpp"

using namespace lpt;

namespace {

/// By (y, x): a square, its left half, another square, and that one from its other corners.
Tensor boxes() { return f32({1, 4, 4}, {0, 0, 2, 2, 0, 0, 2, 1, 0, 3, 2, 5, 2, 5, 0, 3}); }
Tensor scores() { return f32({1, 1, 4}, {0.5, 0.75, 0.25, 1}); }
Tensor number(float value) { return f32({}, {value}); }
Tensor most(std::int64_t count) { return i64({}, {count}); }

void check_refused(std::string_view attributes, const std::vector<Tensor>& inputs, std::string_view message) {
  check_operation_refused("NonMaxSuppression@opset9", attributes, inputs, message);
}

}  // namespace

TEST_CASE("NonMaxSuppression: the better of two that overlap") {
  const auto first = boxes();
  check_operation(
      "NonMaxSuppression@opset9", "", {first, scores(), most(4), number(0.6F)},
      {i64({3, 3}, {0, 0, 3, 0, 0, 1, 0, 0, 0}), f32({3, 3}, {0, 0, 1, 0, 0, 0.75, 0, 0, 0.5}), i64({1}, {3})});
  check_operation(
      "NonMaxSuppression@opset5", "output_type=i32", {first, scores(), most(1), number(0.6F)},
      {tensor_of(ElementType::i32, {1, 3}, {0, 0, 3}), f32({1, 3}, {0, 0, 1}), tensor_of(ElementType::i32, {1}, {1})});
  // The half covers half of its square: at the threshold, as its score is at that of scores.
  check_operation("NonMaxSuppression@opset1", "", {first, scores(), most(4), number(0.5F)},
                  {i64({2, 3}, {0, 0, 3, 0, 0, 1})});
  check_operation("NonMaxSuppression@opset4", "", {first, scores(), most(4), number(0.6F), number(0.5F)},
                  {i64({2, 3}, {0, 0, 3, 0, 0, 1})});
  // By (x, y) of the center, width and height.
  check_operation("NonMaxSuppression@opset3", "box_encoding=center",
                  {f32({1, 4, 4}, {1, 1, 2, 2, 0.5, 1, 1, 2, 4, 1, 2, 2, 4, 1, 2, 2}), scores(), most(4), number(0.6F)},
                  {i64({3, 3}, {0, 0, 3, 0, 0, 1, 0, 0, 0})});
}

TEST_CASE("NonMaxSuppression: each class of each image by itself, and then by score") {
  const auto square = f32({2, 1, 4}, {0, 0, 1, 1, 0, 0, 1, 1});
  const auto both = f32({2, 2, 1}, {1, 3, 3, 2});
  check_operation("NonMaxSuppression@opset4", "", {square, both, most(9)},
                  {i64({4, 3}, {0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0})});
  check_operation("NonMaxSuppression@opset4", "sort_result_descending=false", {square, both, most(9)},
                  {i64({4, 3}, {0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0})});
}

TEST_CASE("NonMaxSuppression: overlaps lower scores") {
  // exp(-0.5 * 0.5^2 / 0.5) = 0.778801 for the square, exp(-0.5 / 0.5) = 0.367879 for the other.
  const std::vector<Tensor> inputs = {boxes(), scores(), most(4), number(0.1F), number(0), number(0.5F)};
  check_operation("NonMaxSuppression@opset5", "", inputs,
                  {i64({4, 3}, {0, 0, 3, 0, 0, 1, 0, 0, 0, 0, 0, 2}),
                   f32({4, 3}, {0, 0, 1, 0, 0, 0.75, 0, 0, 0.389400F, 0, 0, 0.091970F}), i64({1}, {4})},
                  1e-6);
  // To the threshold.
  auto stricter = inputs;
  stricter[4] = number(0.1F);
  check_operation(
      "NonMaxSuppression@opset9", "", stricter,
      {i64({3, 3}, {0, 0, 3, 0, 0, 1, 0, 0, 0}), f32({3, 3}, {0, 0, 1, 0, 0, 0.75, 0, 0, 0.389400F}), i64({1}, {3})},
      1e-6);
  // Boxes without area do not overlap.
  auto empty = inputs;
  empty[0] = f32({1, 4, 4}, std::vector<float>(16));
  check_operation("NonMaxSuppression@opset9", "", empty,
                  {i64({4, 3}, {0, 0, 3, 0, 0, 1, 0, 0, 0, 0, 0, 2}),
                   f32({4, 3}, {0, 0, 1, 0, 0, 0.75, 0, 0, 0.5, 0, 0, 0.25}), i64({1}, {4})});
}

TEST_CASE("NonMaxSuppression: no boxes") {
  const auto none = i64({0, 3}, {});
  check_operation("NonMaxSuppression@opset1", "", {boxes(), scores()}, {none});
  check_operation("NonMaxSuppression@opset9", "", {boxes(), scores()}, {none, f32({0, 3}, {}), i64({1}, {0})});
  check_operation("NonMaxSuppression@opset9", "", {f32({9, 0, 4}, {}), f32({9, std::int64_t{1} << 60, 0}, {}), most(4)},
                  {none, f32({0, 3}, {}), i64({1}, {0})});
}

TEST_CASE("NonMaxSuppression: inputs that do not fit are refused") {
  constexpr auto kLengths = "its boxes are [{}] and scores [{}], should be [N,boxes,4] and [N,classes,boxes]";
  check_refused("", {boxes(), f32({1, 4}, {1, 2, 3, 4})}, fmt::format(kLengths, "1,4,4", "1,4"));
  check_refused("", {boxes(), f32({1, 2, 2}, {1, 2, 3, 4})}, fmt::format(kLengths, "1,4,4", "1,2,2"));
  check_refused("", {f32({1, 1, 3}, {1, 2, 3}), f32({1, 1, 1}, {1})}, fmt::format(kLengths, "1,1,3", "1,1,1"));
  check_refused("", {boxes(), i64({1, 1, 4}, {1, 2, 3, 4})}, "input 1 is i64, should be a real type");
  check_refused("", {boxes(), scores(), i64({2}, {1, 2})}, "input 2 is [2], should be one number");
  check_refused("", {boxes()}, "has 1 inputs, should have 2 to 6");
  check_refused("box_encoding=middle", {boxes(), scores()},
                "box_encoding is \"middle\", should be one of corner, center");
  check_refused("output_type=f32", {boxes(), scores()}, "output_type is f32, should be i64 or i32");
}
