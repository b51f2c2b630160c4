// Values worked out by hand from the operations' specifications.
#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"

using namespace lpt;

namespace {

Tensor two(std::int64_t height, std::int64_t width) { return i64({2}, {height, width}); }

/// Checks the corners of boxes with variances of 0.1.
void check(std::string_view type, std::string_view attributes, const std::vector<Tensor>& inputs,
           std::vector<float> corners) {
  const auto count = corners.size();
  corners.resize(2 * count, 0.1F);
  check_operation(type, attributes, inputs, {f32({2, static_cast<std::int64_t>(count)}, corners)}, 1e-6);
}

void check_refused(std::string_view attributes, const std::vector<Tensor>& inputs, std::string_view message) {
  check_operation_refused("PriorBox@opset8", attributes, inputs, message);
}

}  // namespace

TEST_CASE("PriorBox: squares, means and ratios around the centers of cells") {
  check("PriorBox@opset1", "min_size=4 offset=0.5", {two(1, 2), two(10, 20)},
        {0.15F, 0.3F, 0.35F, 0.7F, 0.65F, 0.3F, 0.85F, 0.7F});
  // 4 to the height, then 1 to 4; the geometric mean of 4 and 9 is 6.
  const std::vector<Tensor> one = {two(1, 1), two(10, 10)};
  check("PriorBox@opset1", "min_size=4 max_size=9 aspect_ratio=\"1,4,4\" flip=true offset=0.5", one,
        {0.3F, 0.3F, 0.7F, 0.7F, 0.2F, 0.2F, 0.8F, 0.8F, 0.1F, 0.4F, 0.9F, 0.6F, 0.4F, 0.1F, 0.6F, 0.9F});
  check("PriorBox@opset8", "min_size=4 max_size=9 aspect_ratio=4 min_max_aspect_ratios_order=false offset=0.5", one,
        {0.3F, 0.3F, 0.7F, 0.7F, 0.1F, 0.4F, 0.9F, 0.6F, 0.2F, 0.2F, 0.8F, 0.8F});
  check("PriorBox@opset1", "min_size=6 step=8 offset=0.25", one, {-0.1F, -0.1F, 0.5F, 0.5F});
  check("PriorBox@opset1", "min_size=6 step=8 offset=0.25 clip=true", one, {0, 0, 0.5F, 0.5F});
  check("PriorBox@opset1", "offset=0.5", one, {});
}

TEST_CASE("PriorBox: sizes in heights of the image, where ratios go with the first at the end") {
  check("PriorBox@opset1", "min_size=\"0.2,0.4\" aspect_ratio=4 scale_all_sizes=false step=-1 offset=0.5",
        {two(1, 1), two(10, 20)}, {0.2F, 0.4F, 0.3F, 0.6F, 0.15F, 0.3F, 0.35F, 0.7F, 0.15F, 0.45F, 0.35F, 0.55F});
  check("PriorBox@opset1", "min_size=0.2 scale_all_sizes=false step=0.4 offset=1", {two(1, 1), two(10, 20)},
        {0.15F, 0.3F, 0.25F, 0.5F});
}

TEST_CASE("PriorBox: fixed sizes, spread over a cell") {
  const std::vector<Tensor> one = {two(1, 1), two(10, 10)};
  check("PriorBox@opset1", "fixed_size=4 density=2 offset=0.5", one,
        {0.2F, 0.2F, 0.6F, 0.6F, 0.4F, 0.2F, 0.8F, 0.6F, 0.2F, 0.4F, 0.6F, 0.8F, 0.4F, 0.4F, 0.8F, 0.8F});
  check("PriorBox@opset8", "fixed_size=4 density=1 fixed_ratio=4 offset=0.5", one, {0.1F, 0.4F, 0.9F, 0.6F});
  // Squares are of whole pixels, and two sides are clipped.
  check("PriorBox@opset8", "fixed_size=4.5 density=1 aspect_ratio=4 step=1 offset=1", one,
        {0, 0, 0.3F, 0.3F, 0, 0, 0.55F, 0.2125F});
}

TEST_CASE("PriorBoxClustered: widths and heights in pairs") {
  check("PriorBoxClustered@opset1", "width=\"4,2\" height=\"2,8\" offset=0.5", {two(1, 1), two(10, 20)},
        {0.4F, 0.4F, 0.6F, 0.6F, 0.45F, 0.1F, 0.55F, 0.9F});
  check("PriorBoxClustered@opset1", "width=4 height=2 step=6 step_w=10 offset=0 clip=false", {two(1, 2), two(10, 20)},
        {-0.1F, -0.1F, 0.1F, 0.1F, 0.4F, -0.1F, 0.6F, 0.1F});
  check("PriorBoxClustered@opset1", "width=4 height=2 step=6", {two(1, 1), two(10, 20)}, {0, 0, 0.1F, 0.1F});
  check_operation("PriorBoxClustered@opset1", "width=4 height=2 offset=0.5 variance=\"1,2,3,4\"",
                  {two(1, 1), two(10, 20)}, {f32({2, 4}, {0.4F, 0.4F, 0.6F, 0.6F, 1, 2, 3, 4})}, 1e-6);
  check_operation_refused("PriorBoxClustered@opset1", "width=4 height=\"2,3\" offset=0", {two(1, 1), two(9, 9)},
                          "width has 1 numbers, height has 2");
}

TEST_CASE("PriorBox: attributes and inputs that do not fit are refused") {
  const std::vector<Tensor> one = {two(1, 1), two(10, 10)};
  check_refused("min_size=\"4,x\" offset=0", one, "min_size is \"4,x\", should be a list of numbers");
  check_refused("min_size=4 offset=0 aspect_ratio=-2", one, "aspect_ratio has -2, should be greater than 0");
  check_refused("min_size=4 offset=0 variance=\"1,2\"", one, "variance has 2 numbers, should be 0, 1 or 4");
  check_refused("min_size=4 max_size=\"5,6\" offset=0", one, "max_size has 2 numbers, should have at most 1");
  check_refused("min_size=4 max_size=5 scale_all_sizes=false offset=0", one,
                "max_size has 1 numbers, should have at most 0");
  check_refused("min_size=4 fixed_size=4 density=1 offset=0", one,
                "has min_size and fixed_size, should have one of them");
  check_refused("fixed_size=4 offset=0", one, "density has 0 numbers, fixed_size has 1");
  check_refused("fixed_size=4 density=0.5 offset=0", one, "density has 0.5, should be at least 1");
  check_refused("fixed_size=4 density=1 fixed_ratio=\"1,2\" offset=0", one,
                "fixed_ratio has 2 numbers, should be one for each of 1 aspect ratios");
  check_refused("fixed_size=4 density=1e9 offset=0", one, "makes more than 1048576 boxes in a cell");
  check_refused("min_size=4 offset=0", {two(-1, 2), two(9, 9)}, "its grid has [-1,2] cells");
  check_refused("min_size=4 offset=0", {two(1, 1), i64({3}, {1, 2, 3})}, "input 1 is [3], should be two numbers");
  check_refused("min_size=4 offset=0", {two(std::int64_t{1} << 62, 1 << 20), two(9, 9)},
                "has 1.9342813113834067e+25 elements");
}
