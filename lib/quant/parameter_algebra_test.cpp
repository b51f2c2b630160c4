#include "quant/parameter_algebra.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace lpt;

namespace {

using Axes = std::vector<std::size_t>;

/// "[2,1] 5,7".
std::string text(const SmallTensor& tensor) {
  return fmt::format("[{}] {}", tensor.shape.to_string(), fmt::join(tensor.values, ","));
}
std::string text(const std::optional<SmallTensor>& tensor) { return tensor ? text(*tensor) : "none"; }

const SmallTensor kRow{{3}, {1, 2, 3}};
const SmallTensor kColumn{{2, 1}, {10, 20}};
const SmallTensor kMatrix{{2, 3}, {1, 2, 3, 4, 5, 6}};
const SmallTensor kEmpty{{0, 3}, {}};

}  // namespace

TEST_CASE("what is one value for all of the data is a scalar") {
  CHECK(text(scalar(2)) == "[] 2");
  CHECK(is_uniform({{2, 1}, {4, 4}}));
  CHECK_FALSE(is_uniform(kColumn));
  CHECK(text(collapsed({{2, 1}, {4, 4}})) == "[] 4");
  CHECK(text(collapsed({{1, 1}, {4}})) == "[] 4");
  CHECK(text(collapsed(kColumn)) == "[2,1] 10,20");
}

TEST_CASE("axes along which a parameter varies") {
  CHECK(text(aligned(kRow, 3)) == "[1,1,3] 1,2,3");
  CHECK(text(aligned(scalar(2), 2)) == "[1,1] 2");
  CHECK(text(aligned(kRow, 1)) == "[3] 1,2,3");
  CHECK(wide_axes({{1, 3, 1, 2}, {1, 2, 3, 4, 5, 6}}) == Axes{1, 3});
  CHECK(wide_axes(scalar(1)).empty());
  CHECK(varies_only_along(kRow, 3, 4));
  CHECK_FALSE(varies_only_along(kRow, 1, 4));
  CHECK(varies_only_along(kColumn, 2, 4));
  CHECK(varies_only_along(scalar(2), 0, 4));
  CHECK_FALSE(varies_only_along(kMatrix, 1, 2));
  CHECK_FALSE(varies_only_along(kMatrix, 1, 1));
  using Axes = std::vector<std::size_t>;
  CHECK(varies_only_along(kMatrix, Axes{0, 1}, 2));
  CHECK(varies_only_along(kMatrix, Axes{3, 1, 2}, 4));
  CHECK_FALSE(varies_only_along(kMatrix, Axes{0, 2}, 4));
  CHECK_FALSE(varies_only_along(kMatrix, Axes{}, 2));
  CHECK(varies_only_along(scalar(2), Axes{}, 2));
}

TEST_CASE("parameters meet element by element, broadcast to one another") {
  CHECK(text(combined(kColumn, kRow, [](float a, float b) { return a - b; })) == "[2,3] 9,8,7,19,18,17");
  CHECK(text(product(kRow, scalar(2))) == "[3] 2,4,6");
  CHECK(text(product(scalar(2), scalar(3))) == "[] 6");
  CHECK(text(mapped(kColumn, [](float v) { return v / 10; })) == "[2,1] 1,2");
  CHECK_THROWS_WITH(product(kRow, {{2}, {1, 2}}), "parameters of shape [3] and [2] meet");
}

TEST_CASE("axes in another order") {
  CHECK(text(permuted(kMatrix, Axes{1, 0})) == "[3,2] 1,4,2,5,3,6");
  const SmallTensor three{{2, 1, 3}, {1, 2, 3, 4, 5, 6}};
  CHECK(text(permuted(three, Axes{2, 0, 1})) == "[3,2,1] 1,4,2,5,3,6");
  const SmallTensor cube{{2, 3, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}};
  // Element (i, j, k) of the result is element (k, i, j) of the cube: 6k + 2i + j.
  CHECK(text(permuted(cube, Axes{1, 2, 0})) == "[3,2,2] 0,6,1,7,2,8,3,9,4,10,5,11");
  CHECK(text(permuted(scalar(7), Axes{})) == "[] 7");
}

TEST_CASE("elements taken along an axis") {
  CHECK(text(gathered(kMatrix, 1, Axes{2, 0, 2})) == "[2,3] 3,1,3,6,4,6");
  CHECK(text(gathered(kMatrix, 0, Axes{1})) == "[1,3] 4,5,6");
  CHECK(text(gathered(kMatrix, 0, Axes{})) == "[0,3] ");
}

TEST_CASE("parts along an axis, each repeated to the length of its data") {
  CHECK(text(concatenated(std::vector{SmallTensor{{1, 1}, {7}}, SmallTensor{{1, 2}, {8, 9}}}, 1, Axes{3, 2})) ==
        "[1,5] 7,7,7,8,9");
  // The first part does not vary along axis 0, the second does.
  CHECK(text(concatenated(std::vector{SmallTensor{{1, 2}, {1, 2}}, kColumn}, 1, Axes{2, 1})) == "[2,3] 1,2,10,1,2,20");
  CHECK(text(concatenated(std::vector{kColumn, SmallTensor{{1, 1}, {5}}}, 0, Axes{2, 1})) == "[3,1] 10,20,5");
}

TEST_CASE("the same elements in another shape") { CHECK(text(reshaped(kColumn, {1, 2, 1})) == "[1,2,1] 10,20"); }

TEST_CASE("a parameter follows its data through a Reshape, group of axes by group") {
  const SmallTensor channels{{1, 4, 1, 1}, {1, 2, 3, 4}};
  // [1,4,2,3] to [1,4,6]: the spatial axes become one, along which nothing varies.
  CHECK(text(reshaped_with_data(channels, {1, 4, 2, 3}, {1, 4, 6})) == "[1,4,1] 1,2,3,4");
  // Channels in two groups, and back.
  CHECK(text(reshaped_with_data(channels, {1, 4, 2, 3}, {1, 2, 2, 2, 3})) == "[1,2,2,1,1] 1,2,3,4");
  CHECK(text(reshaped_with_data({{1, 2, 2, 1}, {1, 2, 3, 4}}, {1, 2, 2, 5}, {1, 4, 5})) == "[1,4,1] 1,2,3,4");
  // Channels and places become one axis: each scale stands for as many elements as there are places.
  CHECK(text(reshaped_with_data({{1, 2, 1}, {5, 7}}, {1, 2, 3}, {1, 6})) == "[1,6] 5,5,5,7,7,7");
  // An axis that is split, along one part of which nothing varies.
  CHECK(text(reshaped_with_data({{6}, {5, 5, 5, 7, 7, 7}}, {6}, {2, 3})) == "[2,1] 5,7");
  CHECK(text(reshaped_with_data({{6}, {5, 7, 5, 7, 5, 7}}, {6}, {3, 2})) == "[1,2] 5,7");
  // Ranks are brought in line first; axes of length 1 come and go.
  CHECK(text(reshaped_with_data(scalar(3), {2, 3}, {6})) == "[1] 3");
  CHECK(text(reshaped_with_data(kRow, {2, 3}, {1, 2, 1, 3, 1})) == "[1,1,1,3,1] 1,2,3");
  // Groups that begin and end at different axes: 2*6 == 4*3.
  CHECK(text(reshaped_with_data({{2, 1}, {5, 7}}, {2, 6}, {4, 3})) == "[4,1] 5,5,7,7");
}

TEST_CASE("no parameter follows data to another number of elements, or to none") {
  CHECK(text(reshaped_with_data(kRow, {2, 3}, {7})) == "none");
  CHECK(text(reshaped_with_data(kRow, {0, 3}, {0})) == "none");
  CHECK(text(reshaped_with_data(kRow, *Shape::parse("?,3"), *Shape::parse("?,3"))) == "none");
}

TEST_CASE("an empty parameter stays empty") {
  CHECK(is_uniform(kEmpty));
  CHECK(text(collapsed(kEmpty)) == "[0,3] ");
  CHECK(wide_axes(kEmpty) == Axes{1});
  CHECK(text(aligned(kEmpty, 3)) == "[1,0,3] ");
  CHECK(text(product(kEmpty, kRow)) == "[0,3] ");
  CHECK(text(mapped(kEmpty, [](float v) { return v; })) == "[0,3] ");
  CHECK(text(permuted(kEmpty, Axes{1, 0})) == "[3,0] ");
  CHECK(text(gathered(kEmpty, 1, Axes{2, 1})) == "[0,2] ");
  CHECK(text(concatenated(std::vector{kEmpty, kMatrix}, 0, Axes{0, 2})) == "[2,3] 1,2,3,4,5,6");
}
