// Values worked out by hand from the operation specifications.
#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"

using namespace lpt;

namespace {

Tensor counted(Lengths lengths) {
  std::vector<float> elements(static_cast<std::size_t>(product(lengths)));
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = static_cast<float>(i);
  return f32(std::move(lengths), elements);
}

Tensor line(std::vector<std::int64_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return i64({count}, values);
}

}  // namespace

TEST_CASE("Reshape, Squeeze, Unsqueeze, Transpose") {
  const auto x = counted({1, 2, 3});
  check_operation("Reshape", "special_zero=true", {x, line({0, -1})}, {counted({1, 6})});
  check_operation("Reshape", "special_zero=false", {x, line({3, 2})}, {counted({3, 2})});
  check_operation("Squeeze", "", {x, line({0})}, {counted({2, 3})});
  check_operation("Squeeze", "", {counted({1, 2, 1})}, {counted({2})});
  check_operation("Unsqueeze", "", {counted({2}), line({0, -1})}, {counted({1, 2, 1})});
  check_operation("Transpose", "", {counted({2, 3}), line({1, 0})}, {f32({3, 2}, {0, 3, 1, 4, 2, 5})});
  check_operation("Transpose", "", {counted({1, 2, 2}), line({2, 0, 1})}, {f32({2, 1, 2}, {0, 2, 1, 3})});
  check_operation_refused("Squeeze", "", {x, line({1})}, "axis 1 of [1,2,3] is to be dropped, but is not 1");
  check_operation_refused("Reshape", "special_zero=false", {x, line({4})}, "[1,2,3] cannot be reshaped to [4]",
                          "f32[4]");
}

TEST_CASE("Concat and its opposites") {
  check_operation("Concat", "axis=-1", {f32({2, 1}, {1, 2}), f32({2, 2}, {3, 4, 5, 6})},
                  {f32({2, 3}, {1, 3, 4, 2, 5, 6})});
  check_operation("Split", "num_splits=2", {f32({1, 4}, {1, 2, 3, 4}), i64({}, {1})},
                  {f32({1, 2}, {1, 2}), f32({1, 2}, {3, 4})});
  check_operation("VariadicSplit", "", {f32({4}, {1, 2, 3, 4}), i64({}, {0}), line({1, -1})},
                  {f32({1}, {1}), f32({3}, {2, 3, 4})});
  check_operation_refused("Concat", "axis=0", {f32({1, 2}, {1, 2}), f32({1, 3}, {1, 2, 3})},
                          "input 1 is [1,3], which does not go behind [1,2] along axis 0");
  check_operation_refused("Split", "num_splits=3", {f32({1, 4}, {1, 2, 3, 4}), i64({}, {1})},
                          "axis 1 of [1,4] does not divide by 3");
  check_operation_refused("VariadicSplit", "", {f32({4}, {1, 2, 3, 4}), i64({}, {0}), line({1, 2})},
                          "its split lengths do not add up to 4, axis 0 of [4]");
}

TEST_CASE("Slice and StridedSlice") {
  const auto x = counted({6});
  check_operation("Slice@opset8", "", {x, line({1}), line({-1}), line({2})}, {f32({2}, {1, 3})});
  check_operation("Slice@opset8", "", {x, line({-1}), line({-100}), line({-2}), line({0})}, {f32({3}, {5, 3, 1})});
  check_operation("Slice@opset8", "", {x, line({4}), line({2}), line({1}), line({0})}, {f32({0}, {})});
  const auto m = counted({2, 3});
  check_operation("StridedSlice", "begin_mask=[0,1] end_mask=[0,1]", {m, line({1, 0}), line({2, 0}), line({1, 1})},
                  {f32({1, 3}, {3, 4, 5})});
  check_operation("StridedSlice", "begin_mask=[0] end_mask=[0] shrink_axis_mask=[1]",
                  {m, line({-1}), line({0}), line({1})}, {f32({3}, {3, 4, 5})});
  check_operation("StridedSlice", "begin_mask=[0,0] end_mask=[0,0] ellipsis_mask=[1,0]",
                  {m, line({0, 0}), line({0, 1})}, {f32({2, 1}, {0, 3})});
  check_operation("StridedSlice", "begin_mask=[0] end_mask=[0] new_axis_mask=[1]", {x, line({0}), line({0})},
                  {counted({1, 6})});
  check_operation("StridedSlice", "begin_mask=[1] end_mask=[1]", {x, line({0}), line({0}), line({-1})},
                  {f32({6}, {5, 4, 3, 2, 1, 0})});
  check_operation_refused("Slice@opset8", "", {x, line({0}), line({1}), line({0})}, "a step is 0");
  check_operation_refused("StridedSlice", "begin_mask=[0] shrink_axis_mask=[1]", {x, line({6}), line({7})},
                          "element 6 of an axis of 6 is taken");
}

TEST_CASE("Gather and its relatives") {
  const auto m = counted({2, 3});
  check_operation("Gather@opset8", "batch_dims=0", {m, line({2, -3}), i64({}, {1})}, {f32({2, 2}, {2, 0, 5, 3})});
  check_operation("Gather@opset8", "batch_dims=1", {m, i64({2, 1}, {2, 0}), i64({}, {1})}, {f32({2, 1}, {2, 3})});
  check_operation("Gather", "", {m, i64({}, {1}), i64({}, {0})}, {f32({3}, {3, 4, 5})});
  check_operation("GatherElements@opset6", "axis=1", {m, i64({2, 2}, {0, 2, 1, 1})}, {f32({2, 2}, {0, 2, 4, 4})});
  check_operation("GatherND@opset8", "batch_dims=0", {m, i64({2, 2}, {0, 1, 1, 2})}, {f32({2}, {1, 5})});
  check_operation("GatherND@opset8", "batch_dims=1", {m, i64({2, 1}, {2, 0})}, {f32({2}, {2, 3})});
  check_operation_refused("Gather@opset8", "", {m, line({3}), i64({}, {1})}, "index 3 is outside of an axis of 3");
  check_operation_refused("GatherElements@opset6", "axis=1", {m, i64({3, 1}, {0, 0, 0})},
                          "its indices [3,1] do not lie inside of [2,3] along the axes other than 1");
}

TEST_CASE("Scatter updates") {
  const auto x = f32({4}, {1, 2, 3, 4});
  check_operation("ScatterUpdate@opset3", "", {x, line({3, 0}), f32({2}, {30, 10}), i64({}, {0})},
                  {f32({4}, {10, 2, 3, 30})});
  check_operation("ScatterNDUpdate@opset4", "", {x, i64({2, 1}, {1, 2}), f32({2}, {20, 30})},
                  {f32({4}, {1, 20, 30, 4})});
  check_operation("ScatterNDUpdate@opset15", "reduction=sum", {x, i64({2, 1}, {1, 1}), f32({2}, {20, 30})},
                  {f32({4}, {1, 52, 3, 4})});
  check_operation("ScatterElementsUpdate@opset3", "", {x, line({1}), f32({1}, {9}), i64({}, {0})},
                  {f32({4}, {1, 9, 3, 4})});
  check_operation("ScatterElementsUpdate@opset12", "reduction=mean use_init_val=true",
                  {x, line({1, 1}), f32({2}, {3, 7}), i64({}, {0})}, {f32({4}, {1, 4, 3, 4})});
  check_operation("ScatterElementsUpdate@opset12", "reduction=mean use_init_val=false",
                  {x, line({1, 1}), f32({2}, {3, 7}), i64({}, {0})}, {f32({4}, {1, 5, 3, 4})});
  check_operation_refused("ScatterNDUpdate@opset4", "", {x, i64({1, 1}, {1}), f32({2}, {20, 30})},
                          "its updates are [2], should be [1]");
}

TEST_CASE("Pad in all modes") {
  const auto x = f32({4}, {1, 2, 3, 4});
  const auto begin = line({2});
  const auto end = line({2});
  check_operation("Pad", "pad_mode=reflect", {x, begin, end}, {f32({8}, {3, 2, 1, 2, 3, 4, 3, 2})});
  check_operation("Pad", "pad_mode=symmetric", {x, begin, end}, {f32({8}, {2, 1, 1, 2, 3, 4, 4, 3})});
  check_operation("Pad", "pad_mode=edge", {x, begin, end}, {f32({8}, {1, 1, 1, 2, 3, 4, 4, 4})});
  check_operation("Pad", "pad_mode=constant", {x, begin, end, f32({}, {9})}, {f32({8}, {9, 9, 1, 2, 3, 4, 9, 9})});
  check_operation("Pad", "pad_mode=constant", {x, line({1}), line({0})}, {f32({5}, {0, 1, 2, 3, 4})});
  check_operation("Pad@opset12", "pad_mode=constant", {x, line({-1}), line({-2})}, {f32({1}, {2})});
  check_operation_refused("Pad", "pad_mode=reflect", {x, line({4}), end}, "pads 4 and 2 do not fit axis 0 of [4]");
  check_operation_refused("Pad@opset12", "pad_mode=constant", {x, line({-3}), line({-2})},
                          "pads -3 and -2 leave nothing of axis 0 of [4]");
}

TEST_CASE("Broadcast, Tile, Roll") {
  check_operation("Broadcast@opset3", "mode=numpy", {f32({2, 1}, {1, 2}), line({2, 2})}, {f32({2, 2}, {1, 1, 2, 2})});
  check_operation("Broadcast@opset3", "mode=bidirectional", {f32({2, 1}, {1, 2}), line({1, 2})},
                  {f32({2, 2}, {1, 1, 2, 2})});
  check_operation("Broadcast@opset3", "mode=explicit", {f32({2}, {1, 2}), line({2, 2}), line({0})},
                  {f32({2, 2}, {1, 1, 2, 2})});
  check_operation("Tile", "", {f32({2}, {1, 2}), line({2, 2})}, {f32({2, 4}, {1, 2, 1, 2, 1, 2, 1, 2})});
  check_operation("Roll@opset7", "", {f32({2, 2}, {1, 2, 3, 4}), line({1, 1}), line({0, 1})},
                  {f32({2, 2}, {4, 3, 2, 1})});
  check_operation_refused("Broadcast@opset3", "mode=numpy", {f32({3}, {1, 2, 3}), line({2})},
                          "[3] does not broadcast to [2]");
}

TEST_CASE("space and depth: two blocks of two channels") {
  const auto x = counted({1, 4, 1, 1});  // channels 0, 1, 2, 3
  check_operation("DepthToSpace", "mode=blocks_first block_size=2", {x}, {counted({1, 1, 2, 2})});
  const auto two = counted({1, 4, 1});
  // Blocks first: channel c, place b is 2b + c; depth first: b + 2c.
  check_operation("DepthToSpace", "mode=blocks_first block_size=2", {two}, {f32({1, 2, 2}, {0, 2, 1, 3})});
  check_operation("DepthToSpace", "mode=depth_first block_size=2", {two}, {f32({1, 2, 2}, {0, 1, 2, 3})});
  check_operation("SpaceToDepth", "mode=blocks_first block_size=2", {f32({1, 2, 2}, {0, 2, 1, 3})}, {two});
  check_operation("SpaceToDepth", "mode=depth_first block_size=2", {f32({1, 2, 2}, {0, 1, 2, 3})}, {two});
  check_operation("SpaceToBatch@opset2", "", {f32({1, 3}, {1, 2, 3}), line({1, 2}), line({0, 1}), line({0, 0})},
                  {f32({2, 2}, {0, 2, 1, 3})});
  check_operation("BatchToSpace@opset2", "", {f32({2, 2}, {0, 2, 1, 3}), line({1, 2}), line({0, 1}), line({0, 0})},
                  {f32({1, 3}, {1, 2, 3})});
  check_operation("ShuffleChannels@opset3", "axis=1 group=2", {counted({1, 4})}, {f32({1, 4}, {0, 2, 1, 3})});
  check_operation_refused("DepthToSpace", "block_size=2", {counted({1, 3, 1, 1})}, "3 channels do not divide by 4");
}

TEST_CASE("shapes and indices") {
  const auto i32 = [](Lengths l, std::vector<double> v) { return tensor_of(ElementType::i32, std::move(l), v); };
  check_operation("ShapeOf@opset3", "output_type=i32", {counted({2, 3})}, {i32({2}, {2, 3})});
  check_operation("ShapeOf", "", {counted({2, 3})}, {line({2, 3})});
  check_operation("Range@opset4", "output_type=i64", {i64({}, {5}), i64({}, {0}), i64({}, {-2})}, {line({5, 3, 1})});
  check_operation("Range@opset4", "output_type=f32", {f32({}, {0}), f32({}, {1}), f32({}, {0.4F})},
                  {f32({3}, {0, 0.4F, 0.8F})});
  check_operation("OneHot", "axis=0", {line({1, 5, -1}), i64({}, {2}), f32({}, {7}), f32({}, {0})},
                  {f32({2, 3}, {0, 0, 0, 7, 0, 0})});
  check_operation("NonZero@opset3", "output_type=i64", {f32({2, 2}, {0, 5, 7, 0})}, {i64({2, 2}, {0, 1, 1, 0})});
  check_operation("ReverseSequence", "batch_axis=0 seq_axis=1", {f32({2, 3}, {1, 2, 3, 4, 5, 6}), line({2, 3})},
                  {f32({2, 3}, {2, 1, 3, 6, 5, 4})});
  check_operation_refused("Range@opset4", "output_type=i64", {i64({}, {0}), i64({}, {1}), i64({}, {0})},
                          "runs from 0 to 1 in steps of 0");
}

TEST_CASE("Interpolate: two elements become four") {
  const auto x = f32({1, 1, 2}, {0, 4});
  const std::string sizes = "shape_calculation_mode=sizes pads_begin=[0] pads_end=[0] antialias=false ";
  const auto check = [&](const std::string& attributes, std::int64_t count, const std::vector<float>& wanted) {
    check_operation("Interpolate@opset11", sizes + attributes, {x, line({count}), line({2})},
                    {f32({1, 1, count}, wanted)}, 1e-6);
  };
  // half_pixel: coordinates -0.25, 0.25, 0.75, 1.25.
  check("mode=linear_onnx coordinate_transformation_mode=half_pixel", 4, {0, 1, 3, 4});
  check("mode=linear coordinate_transformation_mode=half_pixel", 4, {0, 1, 3, 4});
  check("mode=linear_onnx coordinate_transformation_mode=asymmetric", 4, {0, 2, 4, 4});
  check("mode=linear_onnx coordinate_transformation_mode=align_corners", 3, {0, 2, 4});
  check("mode=nearest coordinate_transformation_mode=half_pixel nearest_mode=round_prefer_floor", 4, {0, 0, 4, 4});
  check("mode=nearest coordinate_transformation_mode=asymmetric nearest_mode=ceil", 4, {0, 4, 4, 4});
  check("mode=nearest coordinate_transformation_mode=asymmetric nearest_mode=floor", 4, {0, 0, 4, 4});
  // Cubic at 0.5 with a = -0.75: weights -0.09375, 0.59375, 0.59375, -0.09375 on 0, 0, 4, 4; at 1.5 on 0, 4, 4, 4.
  check("mode=cubic coordinate_transformation_mode=asymmetric cube_coeff=-0.75", 4, {0, 2, 4, 4.375F});
  // Shrinking with antialias: coordinate 0.5, both elements alike.
  check_operation("Interpolate@opset4",
                  "mode=linear shape_calculation_mode=sizes coordinate_transformation_mode=half_pixel antialias=true",
                  {x, line({1}), f32({1}, {0.5F}), line({2})}, {f32({1, 1, 1}, {2})});
  check_operation(
      "Interpolate@opset11",
      "mode=nearest shape_calculation_mode=scales coordinate_transformation_mode=asymmetric nearest_mode=floor",
      {x, f32({1}, {1.5F}), line({2})}, {f32({1, 1, 3}, {0, 0, 4})});
  check_operation_refused("Interpolate@opset11", sizes + "mode=nearest", {x, line({0}), line({2})},
                          "2 elements are to become 0");
}

TEST_CASE("what would run out of memory, or of a tensor, is refused") {
  const auto x = counted({2, 3});
  const auto huge = std::int64_t{1} << 62;
  check_operation_refused("Gather@opset8", "", {x, line({0})}, "has 2 inputs, needs at least 3");
  check_operation_refused("Pad", "", {x}, "has 1 inputs, needs at least 2");
  check_operation_refused("Tile", "", {x, line({huge, huge})}, "its repeats hold 4611686018427387904");
  check_operation_refused("Tile", "", {x, line({1, huge / 4})},
                          "its output, [2,3458764513820540928] of f32, does not fit the memory of this machine");
  check_operation_refused("Split", "num_splits=4000000000000000000", {f32({0}, {}), i64({}, {0})},
                          "num_splits is 4000000000000000000, has 1 outputs");
  check_operation_refused(
      "SpaceToBatch@opset2", "",
      {f32({1, 0, 0, 0}, {}), line({1, 2147483647, 2147483647, 2147483647}), line({0, 0, 0, 0}), line({0, 0, 0, 0})},
      "its blocks make a batch of more than 2^63");
  check_operation_refused("ScatterUpdate@opset3", "", {x, line({0}), i64({1, 3}, {1, 2, 3}), i64({}, {0})},
                          "its updates are i64, its data f32");
  check_operation_refused("PReLU", "", {x, i64({1}, {1})}, "its slope is i64, its data f32");
  check_operation_refused("OneHot", "axis=0", {line({1}), i64({}, {huge}), f32({}, {1}), f32({}, {0})},
                          "its output, [4611686018427387904,1] of f32, does not fit the memory of this machine");
}

TEST_CASE("strides and dilations beyond reason take the slow way, and end") {
  // One tap at each end of a padding of 2^30 on either side: each sees one of them only.
  check_operation("GroupConvolution",
                  "strides=[1073741824] dilations=[1073741824] pads_begin=[1073741823] pads_end=[0]",
                  {f32({1, 1, 2}, {5, 7}), f32({1, 1, 1, 2}, {10, 1})}, {f32({1, 1, 1}, {7})});
}
