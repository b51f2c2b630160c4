// Values worked out by hand from the operation specifications.
#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"

using namespace lpt;

namespace {

const auto kMatrix = [] { return f32({2, 3}, {1, -2, 3, 4, 5, -6}); };

}  // namespace

TEST_CASE("reductions over the last and the first axis") {
  const auto x = kMatrix();
  const auto last = i64({1}, {1});
  const auto first = i64({1}, {0});
  check_operation("ReduceSum", "keep_dims=false", {x, last}, {f32({2}, {2, 3})});
  check_operation("ReduceSum", "keep_dims=true", {x, first}, {f32({1, 3}, {5, 3, -3})});
  check_operation("ReduceMean", "keep_dims=false", {x, first}, {f32({3}, {2.5F, 1.5F, -1.5F})});
  check_operation("ReduceProd", "keep_dims=false", {x, last}, {f32({2}, {-6, -120})});
  check_operation("ReduceMax", "keep_dims=false", {x, i64({1}, {-1})}, {f32({2}, {3, 5})});
  check_operation("ReduceMin", "keep_dims=false", {x, last}, {f32({2}, {-2, -6})});
  check_operation("ReduceL1@opset4", "keep_dims=false", {x, last}, {f32({2}, {6, 15})});
  check_operation("ReduceL2@opset4", "keep_dims=false", {f32({1, 2}, {3, -4}), last}, {f32({1}, {5})});
}

TEST_CASE("reductions over all axes, over none, and over nothing") {
  check_operation("ReduceSum", "keep_dims=false", {kMatrix(), i64({2}, {0, 1})}, {f32({}, {5})});
  check_operation("ReduceSum", "keep_dims=false", {kMatrix(), i64({0}, {})}, {kMatrix()});
  check_operation("ReduceSum", "keep_dims=false", {f32({0, 2}, {}), i64({1}, {0})}, {f32({2}, {0, 0})});
  check_operation("ReduceProd", "keep_dims=false", {f32({0, 2}, {}), i64({1}, {0})}, {f32({2}, {1, 1})});
}

TEST_CASE("reductions of integers and booleans") {
  const auto u8 = tensor_of(ElementType::u8, {3}, {200, 100, 5});
  check_operation("ReduceMean", "keep_dims=false", {u8, i64({1}, {0})},
                  {tensor_of(ElementType::u8, {}, {101})});  // 305 / 3
  const auto truth = tensor_of(ElementType::boolean, {2, 2}, {1, 0, 1, 1});
  check_operation("ReduceLogicalAnd", "keep_dims=false", {truth, i64({1}, {1})},
                  {tensor_of(ElementType::boolean, {2}, {0, 1})});
  check_operation("ReduceLogicalOr", "keep_dims=false", {truth, i64({1}, {0})},
                  {tensor_of(ElementType::boolean, {2}, {1, 1})});
}

TEST_CASE("reductions refuse axes that are not there") {
  check_operation_refused("ReduceSum", "", {kMatrix(), i64({1}, {2})}, "axis 2 does not exist, its tensor has 2 axes");
  check_operation_refused("ReduceSum", "", {kMatrix(), i64({2}, {1, -1})}, "axis -1 is named twice");
}

TEST_CASE("SoftMax and its logarithm") {
  // e^0 : e^ln3 = 1 : 3
  check_operation("SoftMax@opset8", "axis=-1", {f32({1, 2}, {0, 1.0986123F})}, {f32({1, 2}, {0.25F, 0.75F})}, 1e-7);
  check_operation("SoftMax@opset1", "axis=0", {f32({2, 1}, {1000, 1001.0986123F})}, {f32({2, 1}, {0.25F, 0.75F})},
                  1e-4);
  check_operation("LogSoftmax@opset5", "axis=1", {f32({1, 2}, {0, 1.0986123F})},
                  {f32({1, 2}, {-1.3862944F, -0.2876821F})}, 2e-7);
}

TEST_CASE("MVN: mean 2, variance 1") {
  const auto x = f32({1, 1, 1, 2}, {1, 3});
  check_operation("MVN@opset6", "eps=3 normalize_variance=true eps_mode=INSIDE_SQRT", {x, i64({1}, {3})},
                  {f32({1, 1, 1, 2}, {-0.5F, 0.5F})});
  check_operation("MVN@opset6", "eps=3 normalize_variance=true eps_mode=OUTSIDE_SQRT", {x, i64({1}, {3})},
                  {f32({1, 1, 1, 2}, {-0.25F, 0.25F})});
  check_operation("MVN@opset6", "eps=3 normalize_variance=false eps_mode=INSIDE_SQRT", {x, i64({1}, {3})},
                  {f32({1, 1, 1, 2}, {-1, 1})});
  // By channel, and over channels: means 1 and 5, or 3 for all.
  const auto two = f32({1, 2, 1, 2}, {0, 2, 4, 6});
  check_operation("MVN@opset2", "eps=0 normalize_variance=false across_channels=false", {two},
                  {f32({1, 2, 1, 2}, {-1, 1, -1, 1})});
  check_operation("MVN@opset2", "eps=0 normalize_variance=false across_channels=true", {two},
                  {f32({1, 2, 1, 2}, {-3, -1, 1, 3})});
}

TEST_CASE("NormalizeL2: 3, 4 has length 5") {
  const auto x = f32({1, 2}, {3, 4});
  check_operation("NormalizeL2", "eps=0 eps_mode=add", {x, i64({1}, {1})}, {f32({1, 2}, {0.6F, 0.8F})}, 1e-7);
  check_operation("NormalizeL2", "eps=100 eps_mode=max", {x, i64({1}, {1})}, {f32({1, 2}, {0.3F, 0.4F})}, 1e-7);
  check_operation("NormalizeL2", "eps=75 eps_mode=add", {x, i64({1}, {1})}, {f32({1, 2}, {0.3F, 0.4F})}, 1e-7);
}

TEST_CASE("LRN: windows of squares, with any bias") {
  // Channels 1, 2, 3 in windows of 3: sums of squares 5, 14, 13; x / (2 + 3/3 * sum)^1
  check_operation("LRN", "alpha=3 beta=1 bias=2 size=3", {f32({1, 3, 1}, {1, 2, 3}), i64({1}, {1})},
                  {f32({1, 3, 1}, {1.0F / 7, 2.0F / 16, 3.0F / 15})}, 1e-7);
}

TEST_CASE("GroupNormalization and BatchNormInference") {
  // Two groups of one channel: (x - mean) / 1, then scale and bias.
  check_operation("GroupNormalization@opset12", "num_groups=2 epsilon=0",
                  {f32({1, 2, 2}, {1, 3, 10, 12}), f32({2}, {2, 1}), f32({2}, {0, 5})}, {f32({1, 2, 2}, {-2, 2, 4, 6})},
                  1e-7);
  // 2 * (x - 1) / sqrt(3 + 1) + 0.5
  const auto one = [](float v) { return f32({1}, {v}); };
  check_operation("BatchNormInference@opset5", "epsilon=1", {f32({1, 1, 2}, {1, 3}), one(2), one(0.5F), one(1), one(3)},
                  {f32({1, 1, 2}, {0.5F, 2.5F})}, 1e-7);
  check_operation("BatchNormInference@opset1", "epsilon=1", {one(2), one(0.5F), f32({1, 1, 2}, {1, 3}), one(1), one(3)},
                  {f32({1, 1, 2}, {0.5F, 2.5F})}, 1e-7);
  check_operation_refused("GroupNormalization@opset12", "num_groups=2 epsilon=0",
                          {f32({1, 3}, {1, 2, 3}), f32({3}, {1, 1, 1}), f32({3}, {0, 0, 0})},
                          "num_groups is 2, its data is [1,3]");
}

TEST_CASE("TopK keeps the order of equal elements") {
  const auto x = f32({1, 5}, {3, 9, 3, 7, 1});
  const auto i32 = [](Lengths l, std::vector<double> v) { return tensor_of(ElementType::i32, std::move(l), v); };
  check_operation("TopK@opset3", "axis=1 mode=max sort=value index_element_type=i32", {x, i64({}, {3})},
                  {f32({1, 3}, {9, 7, 3}), i32({1, 3}, {1, 3, 0})});
  check_operation("TopK@opset3", "axis=1 mode=min sort=index index_element_type=i32", {x, i64({}, {3})},
                  {f32({1, 3}, {3, 3, 1}), i32({1, 3}, {0, 2, 4})});
  check_operation_refused("TopK@opset3", "axis=1 mode=max sort=value", {x, i64({}, {6})},
                          "k is 6, its axis has 5 elements");
}

TEST_CASE("CumSum in both directions, with and without the element itself") {
  const auto x = f32({3}, {1, 2, 3});
  check_operation("CumSum@opset3", "exclusive=false reverse=false", {x, i64({}, {0})}, {f32({3}, {1, 3, 6})});
  check_operation("CumSum@opset3", "exclusive=true reverse=false", {x, i64({}, {0})}, {f32({3}, {0, 1, 3})});
  check_operation("CumSum@opset3", "exclusive=false reverse=true", {x, i64({}, {0})}, {f32({3}, {6, 5, 3})});
  check_operation("CumSum@opset3", "exclusive=true reverse=true", {x, i64({}, {-1})}, {f32({3}, {5, 3, 0})});
}
