// What every pass of the pipeline makes of tensors without elements: each operation that one is shown, on data, weights
// or parameters that are empty, through the whole pipeline. Nothing is there to compute, and nothing may go wrong.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/pipeline.hpp"
#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

template <class Check>
void for_each_conversion(std::string_view text, const Check& check) {
  INFO(text);
  for (const auto* target : {"cpu", "gpu"}) {
    for (const auto dialect : {Dialect::openvino, Dialect::type_relaxed})
      CHECK_NOTHROW(check(Converted(text, dialect, target)));
  }
}

void check_empty(std::string_view text) {
  const auto model = parse_text(text);
  constexpr double kOrderOfOperations = 1e-5;
  for_each_conversion(
      text, [&](const Converted& converted) { check_same_function(model, converted.model, kOrderOfOperations); });
}

/// An operation that a pass is shown.
struct Row {
  std::string_view type;
  std::string_view in;    ///< shape of its data, which is %
  std::string operation;  ///< what stands behind the type
  std::string_view out;   ///< shape of what it gives
  std::string constants = {};
  std::string_view other_out = {};  ///< type and shape of a second output
};

/// Lines of the weights w, under a FakeQuantize.
std::string weights(std::string_view values, std::string_view shape) {
  return fmt::format(
      "e = Const value={0} : f32[{1}]\nlow = Const value=-1 : f32[]\nhigh = Const value=1 : f32[]\nw = "
      "FakeQuantize(e, low, high, low, high) levels=255 : f32[{1}]",
      values, shape);
}
/// Likewise of stored ones that are empty.
std::string stored(std::string_view shape, std::string_view dequantization) {
  return fmt::format("e = Const value=[] : i8[{0}]\nw = Dequantize(e) {1} : f32[{0}]", shape, dequantization);
}

const std::string kWindows =
    " kernel=[2,2] strides=[1,1] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor auto_pad=explicit";
const std::string kSteps = " strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";

constexpr std::string_view kConstants = R"(
  axes = Const value=[2,3] : i64[2]
  order = Const value=[0,2,3,1] : i64[4]
  zero = Const value=0 : i64[]
  one = Const value=1 : i64[]
  two = Const value=2 : i64[]
  zeros = Const value=[0] : i64[1]
  ones = Const value=[1] : i64[1]
  twos = Const value=[2] : i64[1]
  none = Const value=[] : i64[0]
)";

/// The data, quantized in the ways that the transformations know.
std::vector<std::string> quantized_data(std::string_view shape) {
  const auto parsed = Shape::parse(shape).value();
  const auto rank = parsed.rank();
  const auto length = static_cast<std::size_t>(rank > 1 ? parsed[1].min : parsed[0].min);
  const auto axis = rank > 1 ? 1 : 0;
  const auto list = [&](std::string_view value) {
    return fmt::format("[{}]", fmt::join(std::vector<std::string_view>(length, value), ","));
  };
  std::string channels;
  for (std::size_t i = 0; i < rank; ++i)
    channels += fmt::format("{}{}", i == 0 ? "" : ",", static_cast<int>(i) == axis ? length : 1);
  const auto integers = fmt::format("x = Parameter : u8[{}]", shape),
             reals = fmt::format("x = Parameter : f32[{}]", shape);
  return {dequantized("d", integers, "scale=.5 zero_point=128"),
          dequantized("d", integers, fmt::format("scale={}@{}", list(".5"), axis)),
          dequantized("d", integers, fmt::format("scale={0}@{2} zero_point={1}@{2}", list(".5"), list("128"), axis)),
          fake_quantized("d", reals, 256, {"0", "2.55"}),
          fake_quantized("d", reals, 256, {"-1.28", "1.27"}, {"-1.28", "1.27"}),
          fake_quantized("d", reals, 256, {list("0"), list("2.55"), channels})};
}

/// The operation on data in front of an integer kernel.
std::string model_of(const Row& row, const std::string& data) {
  auto out = Shape::parse(row.out).value().dimensions();
  const auto length = out.back().min;
  out.back() = Dimension::exactly(2);
  auto text = fmt::format("{}{}{}\ny = {}{} : f32[{}]", data, kConstants, row.constants, row.type,
                          with_data(row.operation, "d"), row.out);
  if (!row.other_out.empty()) text += fmt::format(", {}\ns = Result(y.1)", row.other_out);
  return text + "\n" + dequantized("v", filled("vi", "2", "i8", fmt::format("{},2", length)), "scale=.25") +
         fmt::format(
             "m = MatMul(y.0, v) transpose_a=false transpose_b=false : f32[{}]\nq = Result(y.0)\nr = Result(m)\n",
             Shape(std::vector(out.begin(), out.end())).to_string());
}

/// Operations on data; the last shape of each is empty, and most of the first.
const Row kRows[] = {
    {"ReLU", "1,0,4,4", "(%)", "1,0,4,4"},
    {"ReLU", "0", "(%)", "0"},
    {"ReLU", "0,3,2", "(%)", "0,3,2"},
    {"MaxPool", "1,0,4,4", "(%)" + kWindows, "1,0,3,3"},
    {"MaxPool", "0,2,4,4", "(%)" + kWindows, "0,2,3,3"},
    {"AvgPool", "1,0,4,4", "(%) exclude-pad=true" + kWindows, "1,0,3,3"},
    {"AvgPool", "0,2,4,4", "(%) exclude-pad=false" + kWindows, "0,2,3,3"},
    {"Reshape", "1,0,4,4", "(%, p) special_zero=false", "4,0", "p = Const value=[4,0] : i64[2]"},
    {"Reshape", "1,0,4,4", "(%, p) special_zero=true", "1,0,16", "p = Const value=[0,0,16] : i64[3]"},
    {"Transpose", "1,0,4,4", "(%, order)", "1,4,4,0"},
    {"Squeeze", "1,0,4,4", "(%, zero)", "0,4,4"},
    {"Squeeze", "1,0,4,4", "(%)", "0,4,4"},
    {"Unsqueeze", "1,0,4,4", "(%, zero)", "1,1,0,4,4"},
    {"StridedSlice", "1,0,4,4", "(%, b, e) begin_mask=[1,1,0] end_mask=[1,1,0]", "1,0,2,4",
     "b = Const value=[0,0,0] : i64[3]\ne = Const value=[0,0,2] : i64[3]"},
    {"StridedSlice", "1,3,4,4", "(%, b, e) begin_mask=[1,0] end_mask=[1,0]", "1,0,4,4",
     "b = Const value=[0,1] : i64[2]\ne = Const value=[0,1] : i64[2]"},
    {"Slice", "1,0,4,4", "@opset8(%, zeros, ones, ones, twos)", "1,0,1,4"},
    {"Slice", "1,3,4,4", "@opset8(%, ones, ones, ones, ones)", "1,0,4,4"},
    {"Gather", "1,0,4,4", "@opset8(%, zeros, two)", "1,0,1,4"},
    {"Gather", "1,3,4,4", "@opset8(%, none, one)", "1,0,4,4"},
    {"Gather", "1,3,4,4", "@opset8(%, none, two)", "1,3,0,4"},
    {"Pad", "1,0,4,4", "(%, p, p) pad_mode=constant", "1,0,6,4", "p = Const value=[0,0,1,0] : i64[4]"},
    {"Pad", "1,0,4,4", "(%, p, p) pad_mode=constant", "1,2,4,4", "p = Const value=[0,1,0,0] : i64[4]"},
    {"Broadcast", "1,0,4,4", "@opset3(%, p) mode=numpy", "2,0,4,4", "p = Const value=[2,0,4,4] : i64[4]"},
    {"Broadcast", "2,1", "@opset3(%, p) mode=numpy", "2,0", "p = Const value=[2,0] : i64[2]"},
    {"BatchToSpace", "4,0,2,2", "@opset2(%, b, c, c)", "1,0,4,4",
     "b = Const value=[1,1,2,2] : i64[4]\nc = Const value=[0,0,0,0] : i64[4]"},
    {"SpaceToBatch", "1,0,4,4", "@opset2(%, b, c, c)", "4,0,2,2",
     "b = Const value=[1,1,2,2] : i64[4]\nc = Const value=[0,0,0,0] : i64[4]"},
    {"DepthToSpace", "1,0,4,4", "(%) block_size=2 mode=blocks_first", "1,0,8,8"},
    {"ShuffleChannels", "1,0,4,4", "(%) axis=1 group=1", "1,0,4,4"},
    {"ShuffleChannels", "1,0,4,4", "(%) axis=2 group=2", "1,0,4,4"},
    {"Interpolate", "1,0,4,4", "(%, p) axes=[2,3] mode=nearest align_corners=false", "1,0,8,8",
     "p = Const value=[8,8] : i64[2]"},
    {"ReduceMax", "1,0,4,4", "(%, axes) keep_dims=true", "1,0,1,1"},
    {"ReduceMax", "1,0,4,4", "(%, one) keep_dims=true", "1,1,4,4"},
    {"ReduceMin", "1,0,4,4", "(%, axes) keep_dims=true", "1,0,1,1"},
    {"ReduceMin", "1,0,4,4", "(%, one) keep_dims=true", "1,1,4,4"},
    {"ReduceMean", "1,0,4,4", "(%, axes) keep_dims=true", "1,0,1,1"},
    {"ReduceMean", "1,0,4,4", "(%, one) keep_dims=true", "1,1,4,4"},
    {"ReduceSum", "1,0,4,4", "(%, axes) keep_dims=true", "1,0,1,1"},
    {"ReduceSum", "1,0,4,4", "(%, one) keep_dims=false", "1,4,4"},
    {"ReduceSum", "2,3", "(%, none) keep_dims=true", "2,3"},
    {"Split", "1,0,4,4", "(%, two) num_splits=2", "1,0,2,4", "", "f32[1,0,2,4]"},
    {"Split", "1,0,4,4", "(%, one) num_splits=2", "1,0,4,4", "", "f32[1,0,4,4]"},
    {"VariadicSplit", "1,3,4,4", "(%, one, p)", "1,3,4,4", "p = Const value=[3,0] : i64[2]", "f32[1,0,4,4]"},
    {"VariadicSplit", "1,3,4,4", "(%, one, p)", "1,0,4,4", "p = Const value=[0,3] : i64[2]", "f32[1,3,4,4]"},
    {"Concat", "1,0,4,4", "(%, %) axis=1", "1,0,4,4"},
    {"Concat", "1,0,4,4", "(%, e) axis=1", "1,3,4,4",
     "f = Parameter : u8[1,3,4,4]\ne = Dequantize(f) scale=[1,2,3]@1 : f32[1,3,4,4]"},
    {"Concat", "1,3,4,4", "(%, e) axis=1", "1,3,4,4", "e = Const value=[] : f32[1,0,4,4]"},
    {"Clamp", "1,0,4,4", "(%) min=-1 max=1", "1,0,4,4"},
    {"PReLU", "1,0,4,4", "(%, s)", "1,0,4,4", "s = Const value=[.5] : f32[1]"},
    {"PReLU", "1,0,4,4", "(%, s)", "1,0,4,4", "s = Const value=[] : f32[0]"},
    {"MVN", "1,0,4,4", "@opset6(%, axes) eps=0.1 normalize_variance=true eps_mode=INSIDE_SQRT", "1,0,4,4"},
    {"MVN", "1,0,4,4", "@opset6(%, one) eps=0.1 normalize_variance=true eps_mode=INSIDE_SQRT", "1,0,4,4"},
    {"NormalizeL2", "1,0,4,4", "(%, one) eps=0.1 eps_mode=add", "1,0,4,4"},
    {"NormalizeL2", "1,3,4,4", "(%, none) eps=0.1 eps_mode=add", "1,3,4,4"},
    {"Convolution", "1,0,4,4", "(%, w)" + kSteps, "1,2,4,4", stored("2,0,1,1", "scale=[1,2]@0")},
    {"Convolution", "1,3,4,4", "(%, w)" + kSteps, "1,0,4,4", stored("0,3,1,1", "scale=.5")},
    {"Convolution", "1,3,4,4", "(%, w)" + kSteps, "1,0,4,4", stored("0,3,1,1", "scale=[]@0 zero_point=[]@0")},
    {"Convolution", "1,3,4,4", "(%, w)" + kSteps, "1,0,4,4", weights("[]", "0,3,1,1")},
    {"Convolution", "1,0,4,4", "(%, w)" + kSteps, "1,2,4,4", weights("[]", "2,0,1,1")},
    {"GroupConvolution", "1,4,4,4", "(%, w)" + kSteps, "1,0,4,4", stored("2,0,2,1,1", "scale=.5")},
    {"GroupConvolution", "1,0,4,4", "(%, w)" + kSteps, "1,4,4,4", weights("[]", "2,2,0,1,1")},
    {"ConvolutionBackpropData", "1,3,4,4", "(%, w)" + kSteps, "1,0,4,4", stored("3,0,1,1", "scale=.5")},
    {"ConvolutionBackpropData", "1,0,4,4", "(%, w)" + kSteps, "1,2,4,4", weights("[]", "0,2,1,1")},
    {"GroupConvolutionBackpropData", "1,4,4,4", "(%, w)" + kSteps, "1,0,4,4", stored("2,2,0,1,1", "scale=.5")},
    {"MatMul", "2,0", "(%, w) transpose_a=false transpose_b=false", "2,3",
     stored("0,3", "scale=[1,2,3]@1 zero_point=1")},
    {"MatMul", "2,0", "(%, w) transpose_a=false transpose_b=true", "2,3", weights("[]", "3,0")},
    {"MatMul", "2,3", "(%, w) transpose_a=false transpose_b=false", "2,0", stored("3,0", "scale=[]@1 zero_point=1")},
    {"MatMul", "0,3", "(%, w) transpose_a=false transpose_b=false", "0,2", weights("[1,.5,-1,0,1,.3]", "3,2")},
    {"MatMul", "2,0", "(%, %) transpose_a=false transpose_b=true", "2,2"},
    {"Add", "1,0,4,4", "(%, %)", "1,0,4,4"},
    {"Add", "1,0,4,4", "(%, c)", "1,0,4,4", "c = Const value=[] : f32[1,0,1,1]"},
    {"Add", "1,0,4,4", "(%, c)", "1,0,4,4", "c = Const value=2 : f32[]"},
    {"Add", "1,1,4,4", "(%, c)", "1,0,4,4", "c = Const value=[] : f32[1,0,1,1]"},
    {"Subtract", "1,0,4,4", "(%, %)", "1,0,4,4"},
    {"Subtract", "1,0,4,4", "(%, c)", "1,0,4,4", "c = Const value=[] : f32[1,0,1,1]"},
    {"Subtract", "1,0,4,4", "(%, c)", "1,0,4,4", "c = Const value=2 : f32[]"},
    {"Multiply", "1,0,4,4", "(%, %)", "1,0,4,4"},
    {"Multiply", "1,0,4,4", "(%, c)", "1,0,4,4", "c = Const value=[] : f32[1,0,1,1]"},
    {"Multiply", "1,0,4,4", "(%, c)", "1,0,4,4", "c = Const value=2 : f32[]"},
    {"Multiply", "1,1,4,4", "(%, c)", "1,0,4,4", "c = Const value=[] : f32[1,0,1,1]"},
    {"FakeQuantize", "1,0,4,4", "(%, l, h, l, h) levels=256", "1,0,4,4",
     "l = Const value=0 : f32[]\nh = Const value=2.55 : f32[]"},
    {"FakeQuantize", "1,0,4,4", "(%, l, h, l, h) levels=256", "1,0,4,4",
     "l = Const value=[] : f32[1,0,1,1]\nh = Const value=[] : f32[1,0,1,1]"},
};

const std::string_view kOthers[] = {
    // A FakeConvert of weights.
    R"(
      x = Parameter : f32[1,3,4,4]
      e = Const value=[] : f32[0,3,1,1]
      s = Const value=[] : f32[0,1,1,1]
      w = FakeConvert@opset13(e, s) destination_type=f8e4m3 : f32[0,3,1,1]
      y = Convolution(x, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,0,4,4]
      r = Result(y)
    )",
    // Weights whose quantization is spelled out.
    R"(
      x = Parameter : f32[1,3]
      e = Const value=[] : f32[3,0]
      il = Const value=-1 : f32[]
      ih = Const value=1 : f32[]
      ol = Const value=-127 : f32[]
      oh = Const value=127 : f32[]
      q = FakeQuantize(e, il, ih, ol, oh) levels=255 : f32[3,0]
      i = Convert(q) : i8[3,0]
      w = Dequantize(i) scale=[]@1 : f32[3,0]
      y = MatMul(x, w) transpose_a=false transpose_b=false : f32[1,0]
      r = Result(y)
    )",
    // Activations whose quantization is spelled out.
    R"(
      x = Parameter : f32[0,3]
      il = Const value=-1.28 : f32[]
      ih = Const value=1.27 : f32[]
      ol = Const value=0 : f32[]
      oh = Const value=255 : f32[]
      q = FakeQuantize(x, il, ih, ol, oh) levels=256 : f32[0,3]
      i = Convert(q) : u8[0,3]
      d = Dequantize(i) scale=[.01,.01,.01]@1 zero_point=[128,128,128]@1 : f32[0,3]
      wi = Const value=[1,2,3] : i8[3,1]
      w = Dequantize(wi) scale=.5 : f32[3,1]
      y = MatMul(d, w) transpose_a=false transpose_b=false : f32[0,1]
      r = Result(y)
    )",
    // Stored weights that are moved, and a matrix beside a Transpose.
    R"(
      x = Parameter : f32[1,2,4,4]
      e = Const value=[] : f32[2,0,1,1]
      l = Const value=-1 : f32[]
      h = Const value=1 : f32[]
      q = FakeQuantize(e, l, h, l, h) levels=255 : f32[2,0,1,1]
      o = Const value=[1,0,2,3] : i64[4]
      w = Transpose(q, o) : f32[0,2,1,1]
      y = Convolution(x, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,0,4,4]
      p = Const value=[0,3,1,2] : i64[4]
      z = Transpose(y, p) : f32[1,4,0,4]
      r = Result(z)
    )",
    R"(
      x = Parameter : f32[1,3]
      v = Const value=[] : i8[0]
      z = Const value=[] : i32[0]
      zc = Convert(z) : f32[0]
      s = Const value=[] : f32[0]
      c = Convert(v) : f32[0]
      b = Subtract(c, zc) : f32[0]
      d = Multiply(b, s) : f32[0]
      p = Const value=[3,0] : i64[2]
      w = Reshape(d, p) special_zero=false : f32[3,0]
      y = MatMul(x, w) transpose_a=false transpose_b=false : f32[1,0]
      r = Result(y)
    )",
    // A shape that is computed, and has no lengths.
    R"(
      x = Parameter : u8[1]
      d = Dequantize(x) scale=.5 : f32[1]
      a = Const value=[] : i64[0]
      b = Add(a, a) : i64[0]
      y = Reshape(d, b) special_zero=false : f32[]
      r = Result(y)
    )",
    // An interval that is shared at a Concat.
    R"(
      x = Parameter : f32[1,0,4,4]
      z = Parameter : f32[1,3,4,4]
      e = Const value=[] : f32[1,0,1,1]
      f = FakeQuantize(x, e, e, e, e) levels=256 : f32[1,0,4,4]
      l = Const value=0 : f32[]
      h = Const value=2.55 : f32[]
      g = FakeQuantize(z, l, h, l, h) levels=256 : f32[1,3,4,4]
      c = Concat(f, g) axis=1 : f32[1,3,4,4]
      vi = Const value=[1,2,3] : i8[1,3,1,1]
      v = Dequantize(vi) scale=.5 : f32[1,3,1,1]
      y = Convolution(c, v) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,1,4,4]
      r = Result(y)
    )",
    R"(
      x = Parameter : f32[1,0,4,4]
      z = Parameter : f32[1,0,4,4]
      c = Concat(x, z) axis=1 : f32[1,0,4,4]
      e = Const value=[] : f32[1,0,1,1]
      f = FakeQuantize(c, e, e, e, e) levels=256 : f32[1,0,4,4]
      vi = Const value=[] : i8[1,0,1,1]
      v = Dequantize(vi) scale=.5 : f32[1,0,1,1]
      y = Convolution(f, v) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,1,4,4]
      r = Result(y)
    )",
    // What may be taken into a FakeQuantize.
    R"(
      x = Parameter : f32[1,0,4,4]
      e = Const value=[] : f32[1,0,1,1]
      m = Multiply(x, e) : f32[1,0,4,4]
      n = Multiply(m, e) : f32[1,0,4,4]
      a = Add(n, e) : f32[1,0,4,4]
      b = Add(a, e) : f32[1,0,4,4]
      l = Const value=0 : f32[]
      h = Const value=2.55 : f32[]
      f = FakeQuantize(b, l, h, l, h) levels=256 : f32[1,0,4,4]
      s = Subtract(f, e) : f32[1,0,4,4]
      y = Multiply(s, e) : f32[1,0,4,4]
      r = Result(y)
    )",
    // Recurrent sequences of no batch.
    R"(
      x = Parameter : u8[0,2,4]
      xd = Dequantize(x) scale=.5 : f32[0,2,4]
      h = Parameter : f32[0,1,2]
      l = Const value=0 : f32[]
      u = Const value=2.55 : f32[]
      hd = FakeQuantize(h, l, u, l, u) levels=256 : f32[0,1,2]
      c = Parameter : f32[0,1,2]
      n = Const value=[] : i32[0]
      wi = Const value=[1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8] : i8[1,8,4]
      w = Dequantize(wi) scale=.01 : f32[1,8,4]
      ki = Const value=[1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8] : i8[1,8,2]
      k = Dequantize(ki) scale=.01 : f32[1,8,2]
      b = Const value=[0,0,0,0,0,0,0,0] : f32[1,8]
      y = LSTMSequence@opset5(xd, hd, c, n, w, k, b) direction=forward hidden_size=2 : f32[0,1,2,2], f32[0,1,2], f32[0,1,2]
      r = Result(y.0)
    )",
    R"(
      x = Parameter : u8[0,2,4]
      xd = Dequantize(x) scale=.5 : f32[0,2,4]
      h = Parameter : f32[0,1,2]
      n = Const value=[] : i32[0]
      wi = Const value=[1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8] : i8[1,6,4]
      w = Dequantize(wi) scale=.01 : f32[1,6,4]
      ki = Const value=[1,2,3,4,5,6,7,8,1,2,3,4] : i8[1,6,2]
      k = Dequantize(ki) scale=.01 : f32[1,6,2]
      b = Const value=[0,0,0,0,0,0] : f32[1,6]
      y = GRUSequence@opset5(xd, h, n, w, k, b) direction=forward hidden_size=2 : f32[0,1,2,2], f32[0,1,2]
      r = Result(y.0)
    )",
    // States.
    R"(
      x = Parameter : u8[1,0]
      i = Const value=[] : f32[1,0]
      v = ReadValue@opset6(i) variable_id=s variable_shape=[1,0] variable_type=f32 : f32[1,0]
      d = Dequantize(x) scale=[]@1 : f32[1,0]
      a = Assign@opset6(d) variable_id=s : f32[1,0]
      y = Sigmoid(v) : f32[1,0]
      r = Result(y)
    )",
};

/// What lib/exec does not run: a cache of 8-bit floats, and parameters without elements for data that may have some.
const std::string_view kNotRun[] = {
    R"(
      x = Parameter                   : f32[1,0,1,4]
      b = Parameter                   : i32[1]
      a = Const value=0               : i32[]
      zero = Const value=[]           : f32[1,0,0,4]
      s = Const value=[]              : f32[1,0,1,1]
      v = ReadValue@opset6(zero) variable_id=past variable_shape="1,0,?,4" variable_type=f32 : f32[1,0,?,4]
      g = Gather@opset8(v, b, a)      : f32[1,0,?,4]
      gs = Multiply(g, s)             : f32[1,0,?,4]
      gc = Clamp(gs) min=-448 max=448 : f32[1,0,?,4]
      gd = Convert(gc)                : f8e4m3[1,0,?,4]
      xs = Multiply(x, s)             : f32[1,0,1,4]
      xc = Clamp(xs) min=-448 max=448 : f32[1,0,1,4]
      xd = Convert(xc)                : f8e4m3[1,0,1,4]
      c = Concat(gd, xd) axis=2       : f8e4m3[1,0,?,4]
      cu = Convert(c)                 : f32[1,0,?,4]
      y = Multiply(cu, s)             : f32[1,0,?,4]
      w = Assign@opset6(y) variable_id=past : f32[1,0,?,4]
      r = Result(y)
    )",
    R"(
      x = Parameter : u8[?,?]
      e = Const value=[] : f32[1,0]
      c = Convert(x) : f32[?,?]
      b = Subtract(c, e) : f32[?,?]
      d = Multiply(b, e) : f32[?,?]
      v = Const value=[] : i8[0,2]
      w = Dequantize(v) scale=.5 : f32[0,2]
      y = MatMul(d, w) transpose_a=false transpose_b=false : f32[?,2]
      r = Result(y)
    )",
    R"(
      x = Parameter : f32[1,?,4,4]
      z = Parameter : f32[1,?,4,4]
      e = Const value=[] : f32[1,0,1,1]
      f = FakeQuantize(x, e, e, e, e) levels=256 : f32[1,?,4,4]
      g = FakeQuantize(z, e, e, e, e) levels=256 : f32[1,?,4,4]
      c = Concat(f, g) axis=1 : f32[1,?,4,4]
      p = MaxPool(c) kernel=[1,1] strides=[1,1] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor auto_pad=explicit : f32[1,?,4,4]
      v = Const value=[1,2,3] : i8[1,3,1,1]
      w = Dequantize(v) scale=.5 : f32[1,3,1,1]
      y = Convolution(p, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,1,4,4]
      r = Result(y)
    )",
    R"(
      x = Parameter : f32[1,?,4,4]
      e = Const value=[] : f32[1,0,1,1]
      f = FakeQuantize(x, e, e, e, e) levels=256 : f32[1,?,4,4]
      i = Convert(f) : u8[1,?,4,4]
      d = Convert(i) : f32[1,?,4,4]
      b = Subtract(d, e) : f32[1,?,4,4]
      m = Multiply(b, e) : f32[1,?,4,4]
      a = Add(m, e) : f32[1,?,4,4]
      v = Const value=[1,2,3] : i8[1,3,1,1]
      w = Dequantize(v) scale=.5 : f32[1,3,1,1]
      y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,1,4,4]
      r = Result(y)
    )",
};

}  // namespace

TEST_CASE("empty tensors: every operation on data, weights and parameters without elements") {
  for (const auto& row : kRows) {
    for (const auto& data : quantized_data(row.in)) check_empty(model_of(row, data));
  }
}

TEST_CASE("empty tensors: what takes more than one operation") {
  for (const auto text : kOthers) check_empty(text);
}

TEST_CASE("empty tensors: what is not run is converted all the same") {
  for (const auto text : kNotRun) for_each_conversion(text, [](const Converted&) {});
}

TEST_CASE("empty tensors: no pass is left out") {
  std::string shown = "*";
  for (const auto& row : kRows) shown += fmt::format(" {}", row.type);
  for (const auto text : kOthers) shown += text;
  for (const auto text : kNotRun) shown += text;
  for (const auto& pass : pipeline()) {
    if (pass.run != nullptr) CHECK_THAT(shown, Catch::Contains(std::string(pass.type)));
  }
}
