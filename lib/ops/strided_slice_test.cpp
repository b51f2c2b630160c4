// Values worked out by hand from the operation's specification.
#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"

using namespace lpt;

namespace {

Tensor places(const std::vector<std::int64_t>& values) {
  return i64({static_cast<std::int64_t>(values.size())}, values);
}

const auto kFive = [] { return f32({5}, {0, 1, 2, 3, 4}); };
const auto kMatrix = [] { return f32({2, 3}, {0, 1, 2, 3, 4, 5}); };

}  // namespace

TEST_CASE("StridedSlice: an open end is the one that the stride comes from or goes to") {
  const auto slice = [](const char* masks, std::int64_t begin, std::int64_t end, std::int64_t stride) {
    return [=](Lengths lengths, const std::vector<float>& elements) {
      check_operation("StridedSlice", masks, {kFive(), places({begin}), places({end}), places({stride})},
                      {f32(std::move(lengths), elements)});
    };
  };
  slice("begin_mask=1 end_mask=0", 3, 4, 2)({2}, {0, 2});
  slice("begin_mask=0 end_mask=1", 3, 0, 1)({2}, {3, 4});
  slice("begin_mask=1 end_mask=0", 0, 2, -1)({2}, {4, 3});
  slice("begin_mask=0 end_mask=1", 2, 4, -2)({2}, {2, 0});
  slice("begin_mask=0 end_mask=0", -1, -9, -2)({3}, {4, 2, 0});
  slice("begin_mask=0 end_mask=0", 3, 1, 1)({0}, {});
  // One element is taken where the slice begins, whatever its end and stride.
  slice("begin_mask=0 end_mask=1 shrink_axis_mask=1", -2, 0, 0)({}, {3});
  slice("begin_mask=1 end_mask=0 shrink_axis_mask=1", 3, 4, -1)({}, {0});
}

TEST_CASE("StridedSlice: added axes, an ellipsis, and axes that are not named") {
  check_operation("StridedSlice", "begin_mask=[0,0] end_mask=[0,0] new_axis_mask=[0,1]",
                  {kMatrix(), places({1, 0}), places({2, 0})}, {f32({1, 1, 3}, {3, 4, 5})});
  check_operation("StridedSlice", "begin_mask=[0,0,1] end_mask=[0,0,1] ellipsis_mask=[0,1] shrink_axis_mask=[1]",
                  {kMatrix(), places({1, 0, 0}), places({2, 0, 0}), places({1, 1, 2})}, {f32({2}, {3, 5})});
}

TEST_CASE("StridedSlice refuses what names no elements") {
  const auto refused = [](const char* masks, const Tensor& begin, const Tensor& end, const Tensor& strides,
                          const char* message) {
    check_operation_refused("StridedSlice", masks, {kMatrix(), begin, end, strides}, message);
  };
  refused("", places({0}), places({1, 1}), places({1, 1}), "begin, end and strides have 1, 2 and 2 values");
  refused("", places({0}), places({1}), places({1, 1}), "begin, end and strides have 1, 1 and 2 values");
  refused("", places({0, 0, 0}), places({1, 1, 1}), places({1, 1, 1}), "names 3 axes, its input is [2,3]");
  refused("ellipsis_mask=[1,1]", places({0, 0}), places({1, 1}), places({1, 1}), "ellipsis_mask has more than one 1");
  refused("shrink_axis_mask=1", places({-3}), places({1}), places({1}), "element -3 of an axis of 2 is taken");
  refused("end_mask=1", places({0}), places({1}), places({0}), "a step is 0");
}
