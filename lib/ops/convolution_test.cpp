// Values worked out by hand from the operation specifications.
#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"

using namespace lpt;

namespace {

const std::string kPlain = "strides=[1] dilations=[1] pads_begin=[0] pads_end=[0]";
Tensor line() { return f32({1, 1, 4}, {1, 2, 3, 4}); }

}  // namespace

TEST_CASE("Convolution is a correlation: the kernel is not turned around") {
  const auto w = f32({1, 1, 2}, {10, 1});
  check_operation("Convolution", kPlain, {line(), w}, {f32({1, 1, 3}, {12, 23, 34})});
  check_operation("Convolution", "strides=[2] dilations=[1] pads_begin=[1] pads_end=[0]", {line(), w},
                  {f32({1, 1, 2}, {1, 23})});
  check_operation("Convolution", "strides=[1] dilations=[2] pads_begin=[0] pads_end=[0]", {line(), w},
                  {f32({1, 1, 2}, {13, 24})});
  check_operation("Convolution", "strides=[1] dilations=[1] pads_begin=[-1] pads_end=[0]", {line(), w},
                  {f32({1, 1, 2}, {23, 34})});
  check_operation("Convolution", "strides=[1] dilations=[1] pads_begin=[0] pads_end=[0] auto_pad=same_upper",
                  {line(), w}, {f32({1, 1, 4}, {12, 23, 34, 40})});
  check_operation("Convolution", "strides=[1] dilations=[1] pads_begin=[0] pads_end=[0] auto_pad=same_lower",
                  {line(), w}, {f32({1, 1, 4}, {1, 12, 23, 34})});
}

TEST_CASE("Convolution over an axis of one element behind a longer one") {
  check_operation("Convolution", "strides=[1,1] dilations=[1,1] pads_begin=[1,0] pads_end=[0,0]",
                  {f32({1, 1, 4, 1}, {1, 2, 3, 4}), f32({1, 1, 2, 1}, {10, 1})}, {f32({1, 1, 4, 1}, {1, 12, 23, 34})});
}

TEST_CASE("Convolution adds up channels; groups keep them apart") {
  const auto x = f32({1, 2, 2}, {1, 2, 3, 4});
  // Output 0 is x0 + 10 x1, output 1 is 2 x0.
  check_operation("Convolution", kPlain, {x, f32({2, 2, 1}, {1, 10, 2, 0})}, {f32({1, 2, 2}, {31, 42, 2, 4})});
  check_operation("GroupConvolution", kPlain, {x, f32({2, 1, 1, 1}, {2, 3})}, {f32({1, 2, 2}, {2, 4, 9, 12})});
  check_operation("GroupConvolution", kPlain, {x, f32({2, 2, 1, 1}, {1, 2, 3, 4})},
                  {f32({1, 4, 2}, {1, 2, 2, 4, 9, 12, 12, 16})});
}

TEST_CASE("a single channel with stride 2 and padding, in two dimensions") {
  // Windows of 2x2 at -1 and 1: corner, edges, middle.
  const auto x = f32({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  check_operation("GroupConvolution", "strides=[2,2] dilations=[1,1] pads_begin=[1,1] pads_end=[0,0]",
                  {x, f32({1, 1, 1, 2, 2}, {1000, 100, 10, 1})}, {f32({1, 1, 2, 2}, {1, 23, 407, 5689})});
}

TEST_CASE("BackpropData spreads each element over its window") {
  const auto x = f32({1, 1, 2}, {1, 2});
  const auto w = f32({1, 1, 3}, {1, 10, 100});
  const std::string stride = "strides=[2] dilations=[1] ";
  check_operation("ConvolutionBackpropData", stride + "pads_begin=[0] pads_end=[0] output_padding=[0]", {x, w},
                  {f32({1, 1, 5}, {1, 10, 102, 20, 200})});
  check_operation("ConvolutionBackpropData", stride + "pads_begin=[1] pads_end=[0] output_padding=[1]", {x, w},
                  {f32({1, 1, 5}, {10, 102, 20, 200, 0})});
  check_operation("ConvolutionBackpropData", stride + "pads_begin=[0] pads_end=[0] auto_pad=same_upper",
                  {x, w, i64({1}, {4})}, {f32({1, 1, 4}, {10, 102, 20, 200})});
  check_operation("ConvolutionBackpropData", stride + "pads_begin=[0] pads_end=[0] auto_pad=same_lower",
                  {x, w, i64({1}, {4})}, {f32({1, 1, 4}, {1, 10, 102, 20})});
  check_operation("GroupConvolutionBackpropData", "strides=[1] dilations=[1] pads_begin=[0] pads_end=[0]",
                  {f32({1, 2, 1}, {1, 2}), f32({2, 1, 1, 2}, {1, 2, 3, 4})}, {f32({1, 2, 2}, {1, 2, 6, 8})});
}

TEST_CASE("convolutions refuse what does not fit") {
  check_operation_refused("Convolution", kPlain, {line(), f32({1, 2, 1}, {1, 1})},
                          "weights have 2 input channels, its input has 1");
  check_operation_refused("Convolution", kPlain, {line(), f32({1, 1, 5}, {1, 1, 1, 1, 1})},
                          "a window of 5 does not fit 4 elements with pads 0 and 0");
  check_operation_refused("Convolution", kPlain, {line(), tensor_of(ElementType::f64, {1, 1, 1}, {1})},
                          "its inputs are f32 and f64, should have one type");
  check_operation_refused("Convolution", kPlain, {f32({1, 4}, {1, 2, 3, 4}), f32({1, 4}, {1, 1, 1, 1})},
                          "its data is [1,4], its weights are [1,4]");
}

TEST_CASE("MatMul: transposes, vectors, broadcast batches") {
  const auto a = f32({2, 2}, {1, 2, 3, 4});
  const auto b = f32({2, 2}, {5, 6, 7, 8});
  const auto transposes = [](const char* ta, const char* tb) {
    return std::string("transpose_a=") + ta + " transpose_b=" + tb;
  };
  check_operation("MatMul", transposes("false", "false"), {a, b}, {f32({2, 2}, {19, 22, 43, 50})});
  check_operation("MatMul", transposes("true", "false"), {a, b}, {f32({2, 2}, {26, 30, 38, 44})});
  check_operation("MatMul", transposes("false", "true"), {a, b}, {f32({2, 2}, {17, 23, 39, 53})});
  check_operation("MatMul", transposes("true", "true"), {a, b}, {f32({2, 2}, {23, 31, 34, 46})});
  const auto v = f32({2}, {1, 10});
  check_operation("MatMul", "", {v, v}, {f32({}, {101})});
  check_operation("MatMul", "", {a, v}, {f32({2}, {21, 43})});
  check_operation("MatMul", "", {v, a}, {f32({2}, {31, 42})});
  check_operation("MatMul", "", {f32({2, 1, 1}, {2, 3}), f32({1, 1, 2}, {1, 10})}, {f32({2, 1, 2}, {2, 20, 3, 30})});
  check_operation("MatMul", "", {f32({1, 0}, {}), f32({0, 2}, {})}, {f32({1, 2}, {0, 0})});
  check_operation_refused("MatMul", "", {a, f32({3, 1}, {1, 2, 3})}, "[2,2] and [3,1] cannot be multiplied");
}

TEST_CASE("integers are summed exactly, also beyond what f32 can hold") {
  const auto i32 = [](Lengths l, std::vector<double> v) { return tensor_of(ElementType::i32, std::move(l), v); };
  // 16777217 = 2^24 + 1 is no f32.
  check_operation("MatMul", "", {i32({1, 2}, {4096, 1}), i32({2, 1}, {4096, 1})}, {i32({1, 1}, {16777217})});
  // 513 times 255 * -255 and 255 * 256, beyond the 24 bits of an f32.
  const std::vector<double> most(513, 255), least(513, -255), more(513, 256);
  check_operation("MatMul", "", {i32({1, 513}, most), i32({513, 1}, least)}, {i32({1, 1}, {-33357825})});
  check_operation("MatMul", "", {i32({1, 513}, most), i32({513, 1}, more)}, {i32({1, 1}, {33488640})});
  const auto i64s = [](Lengths l, std::vector<std::int64_t> v) { return i64(std::move(l), v); };
  check_operation("MatMul", "", {i64s({1, 2}, {1 << 20, 1}), i64s({2, 1}, {1 << 20, 1})},
                  {i64s({1, 1}, {(std::int64_t{1} << 40) + 1})});
}

TEST_CASE("attention: two keys, of which the query likes the second by ln 3") {
  const auto q = f32({1, 1, 1}, {1.0986123F});
  const auto k = f32({1, 2, 1}, {0, 1});
  const auto v = f32({1, 2, 1}, {0, 8});
  const std::string no = "causal=false";
  check_operation("ScaledDotProductAttention@opset13", no, {q, k, v}, {f32({1, 1, 1}, {6})}, 1e-6);
  // A mask of -ln 3 for the second makes them equal; a boolean one hides it.
  check_operation("ScaledDotProductAttention@opset13", no, {q, k, v, f32({1, 2}, {0, -1.0986123F})},
                  {f32({1, 1, 1}, {4})}, 1e-6);
  check_operation("ScaledDotProductAttention@opset13", no, {q, k, v, tensor_of(ElementType::boolean, {1, 2}, {1, 0})},
                  {f32({1, 1, 1}, {0})});
  // Scale 0 makes them equal as well; causal lets the first row see the first key alone.
  check_operation("ScaledDotProductAttention@opset13", no, {q, k, v, f32({}, {0}), f32({}, {0})}, {f32({1, 1, 1}, {4})},
                  1e-6);
  check_operation("ScaledDotProductAttention@opset13", "causal=true", {q, k, v}, {f32({1, 1, 1}, {0})});
}
