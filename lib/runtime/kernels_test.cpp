#include "runtime/kernels.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr std::string_view kWindow = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";

struct Foreseen {
  Model model;
  RuntimeKernels kernels;

  explicit Foreseen(std::string_view text) : model(parse_text(text)) { kernels.add(*model.graph); }

  bool runs(std::string_view name) const { return kernels.run_in_integers(layer_named(*model.graph, name)); }
};

std::string quantized(std::string_view name, std::string_view shape, RangeText range, int levels = 256) {
  return fake_quantized(name, fmt::format("{}x = Parameter : f32[{}]", name, shape), levels, range);
}

std::string stored(std::string_view shape, std::string_view scale = "scale=.01", std::string_view type = "i8") {
  return dequantized("w", filled("v", "1", type, shape), scale);
}

/// A layer y of data and weights w.
std::string layer(std::string_view operation, std::string_view data, std::string_view attributes = kWindow) {
  return fmt::format("y = {}({}, w) {} : f32[...]\nr = Result(y)\n", operation, data, attributes);
}

constexpr RangeText kFromZero = {"0", "2.55"}, kAround = {"-1.28", "1.27"}, kShifted = {"-1", "1.55"};
constexpr RangeText kByChannel = {"[-1.28,-2.56]", "[1.27,2.54]", "1,2,1,1"};

/// Whether a Convolution of m, which some lines make of q, data of [1,2,4,4], runs in integers.
bool reaches(const std::string& lines, RangeText range = kFromZero) {
  INFO(lines);
  return Foreseen(quantized("q", "1,2,4,4", range) + lines + stored("3,2,1,1") + layer("Convolution", "m")).runs("y");
}

std::string pool(std::string_view name, std::string_view type, std::string_view data, std::string_view rounding) {
  return fmt::format(
      "{} = {}({}) kernel=[1,1] strides=[1,1] pads_begin=[0,0] pads_end=[0,0] exclude-pad=true auto_pad=explicit "
      "rounding_type={} : f32[1,2,4,4]\n",
      name, type, data, rounding);
}

std::string interpolated(std::string_view mode) {
  return fmt::format(
      "s = Const value=[4,4] : i64[2]\nf = Const value=[1,1] : f32[2]\na = Const value=[2,3] : i64[2]\nm = "
      "Interpolate@opset4(q, s, f, a) mode={} shape_calculation_mode=sizes coordinate_transformation_mode=half_pixel "
      "nearest_mode=floor antialias=false pads_begin=[0] pads_end=[0] cube_coeff=-0.75 : f32[1,2,4,4]\n",
      mode);
}

std::string with_constant(std::string_view operation, std::string_view value) {
  return fmt::format("c = Const value={} : f32[]\nm = {}(q, c) : f32[1,2,4,4]\n", value, operation);
}

}  // namespace

TEST_CASE("runtime kernels: what leaves integers behind a FakeQuantize as they are") {
  const std::string order = "o = Const value=[0,1,3,2] : i64[4]\nm = Transpose(q, o) : f32[1,2,4,4]\n";
  CHECK(reaches("m = ReLU(q) : f32[1,2,4,4]\n"));
  CHECK(reaches(order));
  CHECK(reaches(order, kAround));
  CHECK(reaches(pool("m", "MaxPool", "q", "floor")));
  CHECK(reaches(interpolated("nearest")));
  CHECK(
      reaches("o = Const value=2 : i64[]\ns = Split(q, o) num_splits=2 : f32[1,2,2,4], f32[1,2,2,4]\n"
              "m = ReLU(s.1) : f32[1,2,2,4]\nz = Result(s.0)\n"));
  CHECK(reaches("c = Convert(q) : f16[1,2,4,4]\nm = Convert(c) : f32[1,2,4,4]\n"));
  CHECK(reaches(with_constant("Multiply", "1")));
  CHECK(reaches(with_constant("Add", "0")));
  CHECK(reaches(with_constant("Subtract", "0")));
}

TEST_CASE("runtime kernels: what computes real numbers") {
  CHECK(!reaches("m = Sigmoid(q) : f32[1,2,4,4]\n"));
  // Of a range that goes below 0 a ReLU cuts a part off.
  CHECK(!reaches("m = ReLU(q) : f32[1,2,4,4]\n", kAround));
  CHECK(!reaches(pool("m", "MaxPool", "q", "ceil_torch")));
  CHECK(!reaches(interpolated("linear")));
  const auto padded = [](std::string_view value) {
    return fmt::format(
        "b = Const value=[0,0,1,1] : i64[4]\nc = Const value={} : f32[]\nm = Pad(q, b, b, c) pad_mode=constant : "
        "f32[1,2,6,6]\n",
        value);
  };
  CHECK(reaches(padded("0")));
  CHECK(!reaches(padded("1")));
  CHECK(!reaches(with_constant("Multiply", "2")));
  CHECK(!reaches(with_constant("Add", "1")));
  CHECK(!reaches("p = Parameter : f32[]\nm = Multiply(q, p) : f32[1,2,4,4]\n"));
  CHECK(!reaches("m = Add(q, q) : f32[1,2,4,4]\n"));
}

TEST_CASE("runtime kernels: a MaxPool gives integers if nobody wants its indices") {
  const std::string pooled =
      "m = MaxPool@opset8(q) kernel=[1,1] strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
      "auto_pad=explicit "
      "rounding_type=floor index_element_type=i64 axis=0 : f32[1,2,4,4], i64[1,2,4,4]\nn = ReLU(m.0) : f32[1,2,4,4]\n";
  const auto runs = [&](std::string_view more) {
    return Foreseen(quantized("q", "1,2,4,4", kFromZero) + pooled + std::string(more) + stored("3,2,1,1") +
                    layer("Convolution", "n"))
        .runs("y");
  };
  CHECK(runs(""));
  CHECK(!runs("i = Result(m.1)\n"));
}

namespace {

/// "code: sentence" of why a layer y runs in f32, and the name of the culprit.
std::string why(const std::string& text) {
  const Foreseen found(text);
  const auto reason = found.kernels.why_not(layer_named(*found.model.graph, "y"));
  return fmt::format("{}: {} <{}>", text_of(reason.cause()).code, reason.sentence(),
                     reason.culprit() ? reason.culprit()->name : "");
}

}  // namespace

TEST_CASE("runtime kernels: why a layer runs in f32, and whose fault it is") {
  const auto data = [](std::string_view lines, RangeText range = kFromZero, int levels = 256) {
    return why(quantized("q", "1,2,4,4", range, levels) + std::string(lines) + stored("3,2,1,1") +
               layer("Convolution", "m"));
  };
  CHECK(data("m = Sigmoid(qx) : f32[1,2,4,4]\n") ==
        "input-not-quantized: its data comes from \"m\" (Sigmoid), which no FakeQuantize quantizes <m>");
  CHECK(data("a = Sigmoid(qx) : f32[1,2,4,4]\nm = ReLU(a) : f32[1,2,4,4]\n") ==
        "input-not-quantized: its data comes from \"a\" (Sigmoid), which no FakeQuantize quantizes <a>");
  CHECK(data("m = Sigmoid(q) : f32[1,2,4,4]\n") ==
        "computed-between: its data comes from \"m\" (Sigmoid), which computes real numbers of what is quantized in "
        "front of "
        "it <m>");
  CHECK(data("m = ReLU(q) : f32[1,2,4,4]\n", kAround) ==
        "computed-between: its data comes from \"m\" (ReLU), which cuts off a range that goes below 0; put it in front "
        "<m>");
  CHECK(data("m = ReLU(q) : f32[1,2,4,4]\n", kFromZero, 17) ==
        "levels-not-supported: \"q\" (FakeQuantize) has 17 levels <q>");
  CHECK(data("m = ReLU(q) : f32[1,2,4,4]\n", {"0.1", "2.65"}) ==
        "zero-point-off-type: \"q\" (FakeQuantize) has a range that 0 is not in <q>");
  CHECK(data("m = ReLU(q) : f32[1,2,4,4]\n", {"[0,0]", "[1.28,2.56]", "1,2,1,1"}) ==
        "activations-per-channel-scale: \"q\" (FakeQuantize) has a scale for each channel <q>");
  const auto by = [](const std::string& weights) {
    return why(quantized("q", "1,2,4,4", kFromZero) + weights + layer("Convolution", "q"));
  };
  CHECK(by(stored("3,2,1,1", "scale=.1", "u8")) ==
        "weights-of-other-type: its weights: they are stored as u8, should be i8 <v>");
  CHECK(by(stored("3,2,1,1", "scale=.1 zero_point=3")) ==
        "weights-zero-point: its weights: they have a zero point <v>");
  CHECK(by(filled("w", "1", "f32", "3,2,1,1") + "\n") ==
        "weights-not-quantized: its weights: they are f32 in \"w\" (Const) <w>");
  CHECK(by("w = Parameter : f32[3,2,1,1]\n") ==
        "weights-not-constant: its weights: they come from \"w\" (Parameter) <w>");
  CHECK(by("w = Parameter : f32[...]\n") == "rank-unknown: the rank of its weights is not known <>");
  CHECK(by(stored("3,2,1,1", "scale=[.1,.2]@1")).starts_with("weights-scale-off-channels: the scale of its weights, "));
  CHECK(why(dequantized("q", "x = Parameter : i8[1,2,4,4]", "scale=.1 zero_point=3") + stored("3,2,1,1") +
            layer("Convolution", "q"))
            .starts_with("zero-point-not-supported: "));
  CHECK(why(dequantized("q", "x = Parameter : u8[1,2,4,4]", "scale=.1") + stored("3,2,1,1") +
            layer("Convolution", "q")) == "no-fake-quantize: the model holds no FakeQuantize of at most 256 levels <>");
}

TEST_CASE("runtime kernels: the first AvgPool gives integers to a kernel, a second one does not") {
  const auto first = pool("a", "AvgPool", "q", "floor");
  CHECK(reaches(pool("m", "AvgPool", "q", "floor")));
  CHECK(!reaches(first + pool("m", "AvgPool", "a", "floor")));
}

TEST_CASE("runtime kernels: a Concat gives integers if all of its inputs are") {
  const auto concat = [](RangeText other, std::string_view weights = "3,4,1,1") {
    return Foreseen(quantized("q", "1,2,4,4", kFromZero) + quantized("p", "1,2,4,4", other) +
                    "m = Concat(q, p) axis=1 : f32[1,4,4,4]\n" + stored(weights) + layer("Convolution", "m"))
        .runs("y");
  };
  CHECK(concat(kFromZero));
  CHECK(concat({"0", "5.1"}));
  CHECK(!concat(kByChannel));
  CHECK(!reaches("p = Parameter : f32[1,2,4,4]\nm = Concat(q, p) axis=0 : f32[2,2,4,4]\n"));
  // The ends are those of all inputs: a backprop wants one that is symmetric, a ReLU one from 0.
  const auto behind = [](RangeText other, std::string_view operation) {
    return Foreseen(quantized("q", "1,2,4,4", kFromZero) + quantized("p", "1,2,4,4", other) +
                    "c = Concat(q, p) axis=1 : f32[1,4,4,4]\nm = ReLU(c) : f32[1,4,4,4]\n" + stored("4,4,1,1") +
                    layer("ConvolutionBackpropData", operation))
        .runs("y");
  };
  CHECK(behind(kFromZero, "c"));
  CHECK(!behind(kShifted, "c"));
  CHECK(behind(kFromZero, "m"));
  CHECK(!behind(kAround, "m"));
}

TEST_CASE("runtime kernels: which FakeQuantizes give integers, and which start the low precision passes") {
  const auto check = [](int levels, bool expected) {
    INFO(levels);
    const Foreseen found(quantized("q", "1,2,4,4", kFromZero, levels) + stored("3,2,1,1") + layer("Convolution", "q"));
    CHECK(found.runs("y") == expected);
    CHECK(found.kernels.start() == expected);
  };
  for (const int levels : {15, 16, 255, 256}) check(levels, true);
  for (const int levels : {2, 14, 17, 128, 254, 257, 65536}) check(levels, false);
  // A range without a zero has no zero point in its type.
  const auto ranged = [](RangeText range) {
    return Foreseen(quantized("q", "1,2,4,4", range) + stored("3,2,1,1") + layer("Convolution", "q")).runs("y");
  };
  CHECK(ranged({"0.004", "2.554"}));
  CHECK(!ranged({"0.1", "2.65"}));
  CHECK(ranged({"-2.55", "0"}));
  CHECK(!ranged({"-2.65", "-0.1"}));
  const Foreseen computed(
      "x = Parameter : f32[1,2,4,4]\nl = Parameter : f32[]\nh = Const value=1 : f32[]\nq = FakeQuantize(x, l, h, l, h) "
      "levels=256 : f32[1,2,4,4]\n" +
      stored("3,2,1,1") + layer("Convolution", "q"));
  CHECK(!computed.runs("y"));
  CHECK(!computed.kernels.start());
}

TEST_CASE("runtime kernels: also a FakeQuantize of weights starts the passes; else a conversion has to") {
  const auto data = dequantized("q", "x = Parameter : u8[1,2,4,4]", "scale=.1");
  const auto of_weights = fake_quantized("w", filled("v", ".5", "f32", "3,2,1,1"), 255, {"-1.27", "1.27"});
  CHECK(Foreseen(data + of_weights + layer("Convolution", "q")).kernels.start());
  Foreseen none(data + stored("3,2,1,1") + layer("Convolution", "q"));
  CHECK(none.runs("y"));
  CHECK(!none.kernels.start());
  none.kernels.set_start();
  CHECK(none.kernels.start());
}

TEST_CASE("runtime kernels: a range for each channel goes to a depthwise Convolution alone") {
  const auto runs = [](std::string_view operation, std::string_view weights, RangeText range) {
    INFO(operation << " " << weights);
    return Foreseen(quantized("q", "1,2,4,4", range) + stored(weights) + layer(operation, "q")).runs("y");
  };
  CHECK(runs("GroupConvolution", "2,1,1,3,3", kByChannel));
  CHECK(!runs("GroupConvolution", "1,2,2,3,3", kByChannel));
  CHECK(runs("GroupConvolution", "1,2,2,3,3", kAround));
  CHECK(!runs("Convolution", "3,2,3,3", kByChannel));
  CHECK(runs("Convolution", "3,2,3,3", kAround));
  // The channels are found where the rank stays.
  const auto moved = [](std::string_view shape, RangeText range) {
    return Foreseen(quantized("q", shape, range) +
                    "s = Const value=[1,2,4,4] : i64[4]\nm = Reshape(q, s) special_zero=false : f32[1,2,4,4]\n" +
                    stored("2,1,1,3,3") + layer("GroupConvolution", "m"))
        .runs("y");
  };
  CHECK(moved("1,2,4,4", kByChannel));
  CHECK(!moved("2,4,4", {"[-1.28,-2.56]", "[1.27,2.54]", "2,1,1"}));
  CHECK(moved("2,4,4", kAround));
}

TEST_CASE("runtime kernels: integers of the model itself under a dequantization") {
  const auto runs = [](std::string_view data, std::string_view dequantization,
                       std::string_view operation = "Convolution") {
    INFO(data << " " << dequantization);
    return Foreseen(dequantized("q", data, dequantization) + stored("2,2,1,1") + layer(operation, "q")).runs("y");
  };
  for (const auto* type : {"u8", "i8"}) CHECK(runs(fmt::format("x = Parameter : {}[1,2,4,4]", type), "scale=.1"));
  for (const auto* type : {"i16", "i32", "u4"})
    CHECK(!runs(fmt::format("x = Parameter : {}[1,2,4,4]", type), "scale=.1"));
  CHECK(runs("x = Parameter : u8[1,2,4,4]", "scale=.1 zero_point=3"));
  CHECK(!runs("x = Parameter : u8[1,2,4,4]", "scale=[.1,.2]@1"));
  // Signed integers have no zero point.
  CHECK(!runs("x = Parameter : i8[1,2,4,4]", "scale=.1 zero_point=3"));
  CHECK(runs("x = Parameter : i8[1,2,4,4]", "scale=.1 zero_point=0.3"));
  // Only where the zero point is one of the type, rounded.
  for (const auto* zero_point : {"0.3", "255.4", "-0.4"})
    CHECK(runs("x = Parameter : u8[1,2,4,4]", fmt::format("scale=.1 zero_point={}", zero_point)));
  for (const auto* zero_point : {"255.6", "1000", "-1"})
    CHECK(!runs("x = Parameter : u8[1,2,4,4]", fmt::format("scale=.1 zero_point={}", zero_point)));
  CHECK(!runs(filled("x", "1", "u8", "1,2,2,2"), "scale=.1"));
  CHECK(runs("x = Parameter : u8[1,2,4,4]", "scale=.1", "ConvolutionBackpropData"));
  CHECK(!runs("x = Parameter : u8[1,2,4,4]", "scale=.1 zero_point=3", "ConvolutionBackpropData"));
  CHECK(!Foreseen("x = Parameter : u8[1,2,4,4]\nq = Convert(x) : f32[1,2,4,4]\n" + stored("2,2,1,1") +
                  layer("Convolution", "q"))
             .runs("y"));
}

TEST_CASE("runtime kernels: the weights of a Convolution") {
  const auto runs = [](const std::string& weights) {
    INFO(weights);
    return Foreseen(quantized("q", "1,2,4,4", kFromZero) + weights + layer("Convolution", "q")).runs("y");
  };
  CHECK(runs(stored("3,2,1,1", "scale=[.1,.2,.3]@0")));
  CHECK(!runs(stored("3,2,1,1", "scale=.1", "u8")));
  CHECK(!runs(stored("3,2,1,1", "scale=[.1,.2]@1")));
  CHECK(!runs(stored("3,2,1,1", "scale=.1 zero_point=3")));
  CHECK(!runs(stored("3,2,1,1", "scale=.1 zero_point=.6")));
  CHECK(runs(stored("3,2,1,1", "scale=.1 zero_point=.0001")));
  CHECK(!runs(stored("3,2,1,1", "scale=.1", "i4")));
  CHECK(!runs(filled("v", "1", "i8", "3,2,1,1") + "\nw = Convert(v) : f32[3,2,1,1]\n"));
  CHECK(!runs(filled("w", "1", "f32", "3,2,1,1") + "\n"));
  CHECK(!runs("w = Parameter : f32[3,2,1,1]\n"));
  CHECK(!runs("w = Parameter : f32[...]\n"));
  // Under a FakeQuantize, whose range decides.
  const auto under = [](RangeText range, int levels = 256) {
    return fake_quantized("w", filled("v", ".5", "f32", "3,2,1,1"), levels, range);
  };
  CHECK(runs(under({"-1.27", "1.27"}, 255)));
  CHECK(runs(under({"[-1.28,-2.56,-5.12]", "[1.27,2.54,5.08]", "3,1,1,1"})));
  CHECK(!runs(under({"[-1.28,-2.56]", "[1.27,2.54]", "1,2,1,1"})));
  CHECK(!runs(under(kShifted)));
  CHECK(!runs(under(kFromZero)));
  CHECK(!runs(under(kAround, 17)));
}

TEST_CASE("runtime kernels: weights that are moved, and weights under a guard") {
  const auto runs = [](const std::string& weights) {
    INFO(weights);
    return Foreseen(quantized("q", "1,2,4,4", kFromZero) + weights + layer("Convolution", "q")).runs("y");
  };
  const auto matrix = [](std::string_view scale, std::string_view shape) {
    return dequantized("m", filled("v", "1", "i8", shape), scale);
  };
  const std::string reshape =
      "s = Const value=[3,2,1,1] : i64[4]\nw = Reshape(m, s) special_zero=false : f32[3,2,1,1]\n";
  const std::string transpose = "o = Const value=[1,0,2,3] : i64[4]\nw = Transpose(m, o) : f32[3,2,1,1]\n";
  CHECK(runs(matrix("scale=.1", "3,2") + reshape));
  CHECK(runs(matrix("scale=[.1,.2,.3]@0", "3,2") + reshape));
  CHECK(!runs(matrix("scale=[.1,.2]@1", "3,2") + reshape));
  CHECK(runs(matrix("scale=[.1,.2,.3]@1", "2,3,1,1") + transpose));
  CHECK(!runs(matrix("scale=[.1,.2]@0", "2,3,1,1") + transpose));
  const auto guarded = [](std::string_view high, std::string_view subtract, std::string_view behind) {
    return filled("v", "1", "i8", "3,2,1,1") +
           "\nc = Convert(v) : f32[3,2,1,1]\nl = Const value=-128 : f32[]\nh = Const value=" + std::string(high) +
           " : f32[]\ng = FakeQuantize(c, l, h, l, h) levels=256 : f32[3,2,1,1]\nz = Const value=3 : f32[]\n" +
           std::string(subtract) + "k = Const value=.1 : f32[]\nw = Multiply(" + std::string(behind) +
           ", k) : f32[3,2,1,1]\n";
  };
  const std::string unused = "t = Result(z)\n";
  CHECK(runs(guarded("127", unused, "g")));
  CHECK(!runs(guarded("127", "d = Subtract(g, z) : f32[3,2,1,1]\n", "d")));
  CHECK(!runs(guarded("300", unused, "g")));
}

TEST_CASE("runtime kernels: the scale of a MatMul's weights lies along its columns") {
  const auto runs = [](std::string_view shape, std::string_view scale, bool transposed) {
    INFO(shape << " " << scale);
    return Foreseen(quantized("q", "2,3", kAround) + stored(shape, scale) +
                    layer("MatMul", "q", fmt::format("transpose_a=false transpose_b={}", transposed)))
        .runs("y");
  };
  CHECK(runs("3,4", "scale=.1", false));
  CHECK(runs("3,4", "scale=[.1,.2,.3,.4]@1", false));
  CHECK(!runs("3,4", "scale=[.1,.2,.3]@0", false));
  CHECK(runs("4,3", "scale=[.1,.2,.3,.4]@0", true));
  CHECK(!runs("4,3", "scale=[.1,.2,.3]@1", true));
  CHECK(runs("3", "scale=.1", false));
  CHECK(!runs("3", "scale=[.1,.2,.3]@0", false));
}

TEST_CASE("runtime kernels: a MatMul of two activations takes a symmetric second one, and none that is shifted") {
  const auto runs = [](const std::string& other, RangeText range = kAround) {
    INFO(range.low << ".." << range.high << " and " << other);
    return Foreseen(quantized("q", "1,2,3,3", range) + other +
                    layer("MatMul", "q", "transpose_a=false transpose_b=false"))
        .runs("y");
  };
  for (const auto& first : {kFromZero, kAround}) {
    CHECK(runs(quantized("w", "1,2,3,3", kAround), first));
    CHECK(!runs(quantized("w", "1,2,3,3", kFromZero), first));
    CHECK(!runs(quantized("w", "1,2,3,3", kShifted), first));
  }
  CHECK(!runs(quantized("w", "1,2,3,3", kAround), kShifted));
  CHECK(!runs("w = Parameter : f32[1,2,3,3]\n"));
}

TEST_CASE("runtime kernels: transposed convolutions") {
  const auto runs = [](std::string_view operation, RangeText range, std::string_view weights,
                       std::string_view scale = "scale=.1") {
    INFO(operation << " of " << range.low << ".." << range.high);
    return Foreseen(quantized("q", "1,2,4,4", range) + stored(weights, scale) + layer(operation, "q")).runs("y");
  };
  CHECK(runs("ConvolutionBackpropData", kFromZero, "2,3,1,1"));
  CHECK(runs("ConvolutionBackpropData", kAround, "2,3,1,1"));
  CHECK(!runs("ConvolutionBackpropData", kShifted, "2,3,1,1"));
  CHECK(runs("ConvolutionBackpropData", kAround, "2,3,1,1", "scale=[.1,.2,.3]@1"));
  CHECK(!runs("ConvolutionBackpropData", kAround, "2,3,1,1", "scale=[.1,.2]@0"));
  CHECK(!runs("GroupConvolutionBackpropData", kAround, "1,2,3,1,1"));
}

namespace {

/// A sequence y of data q and the state `state`.
std::string sequence(bool is_lstm, RangeText data, const std::string& state, bool stores_weights = true) {
  const auto weights = [&](std::string_view name, std::string_view last) {
    const auto shape = fmt::format("1,{},{}", is_lstm ? 16 : 12, last);
    return stores_weights ? dequantized(name, filled(fmt::format("{}v", name), "1", "i8", shape), "scale=.01")
                          : filled(name, "1", "f32", shape) + "\n";
  };
  const auto bias = filled("b", "0", "f32", is_lstm ? "1,16" : "1,12") + "\nn = Const value=3 : i64[1]\n";
  return quantized("q", "1,3,2", data) + state + weights("k", "2") + weights("u", "4") + bias +
         (is_lstm ? "e = Parameter : f32[1,1,4]\ny = LSTMSequence@opset5(q, s, e, n, k, u, b) hidden_size=4 "
                    "direction=forward : f32[1,1,3,4], f32[1,1,4], f32[1,1,4]\nr = Result(y.0)\n"
                  : "y = GRUSequence@opset5(q, s, n, k, u, b) hidden_size=4 direction=forward : f32[1,1,3,4], "
                    "f32[1,1,4]\nr = Result(y.0)\n");
}

std::string quantized_state(RangeText range) { return quantized("s", "1,1,4", range); }
std::string constant_state(std::string_view name, std::string_view shape, RangeText range) {
  return fake_quantized(name, filled("sv", ".5", "f32", shape), 256, range);
}

}  // namespace

TEST_CASE("runtime kernels: a recurrent sequence runs in integers unless its state is a signed constant") {
  for (const bool is_lstm : {true, false}) {
    const auto runs = [&](const std::string& state, bool stores_weights = true) {
      INFO(state);
      return Foreseen(sequence(is_lstm, kAround, state, stores_weights)).runs("y");
    };
    for (const auto& range : {kFromZero, kAround, kShifted}) CHECK(runs(quantized_state(range)));
    const std::string turned = "o = Const value=[0,2,1] : i64[3]\ns = Transpose(t, o) : f32[1,1,4]\n";
    CHECK(runs(quantized("t", "1,4,1", kAround) + turned));
    CHECK(runs(constant_state("s", "1,1,4", kFromZero)));
    CHECK(!runs(constant_state("s", "1,1,4", kAround)));
    CHECK(!runs(constant_state("t", "1,4,1", kAround) + turned));
    CHECK(runs(dequantized("s", filled("sv", "5", "u8", "1,1,4"), "scale=.01")));
    CHECK(!runs(dequantized("s", filled("sv", "5", "i8", "1,1,4"), "scale=.01")));
    CHECK(!runs(quantized_state(kAround), false));
  }
}

TEST_CASE("runtime kernels: states are cut off where the range of the data does not cover them") {
  for (const bool is_lstm : {true, false}) {
    const auto cut = [&](RangeText data, const std::string& state) {
      INFO(data.low << ".." << data.high << " " << state);
      const Foreseen foreseen(sequence(is_lstm, data, state));
      for (const auto& [of, by] : foreseen.kernels.cut_states()) CHECK((of->name() == "y" && by == CutStates::data));
      return foreseen.kernels.cut_states().size();
    };
    const std::string real_state = "s = Const value=[.5,.5,.5,.5] : f32[1,1,4]\n";
    CHECK(cut(kAround, real_state) == 0);
    CHECK(cut({"-1", "1"}, real_state) == 0);
    CHECK(cut(kFromZero, real_state) == 1);
    CHECK(cut({"-2.5", ".5"}, real_state) == 1);
    // A state that is quantized in another way.
    CHECK(cut(kAround, quantized_state(kAround)) == 0);
    CHECK(cut(kShifted, quantized_state(kShifted)) == 0);
    CHECK(cut(kAround, quantized_state(kFromZero)) == 1);
    CHECK(cut(kFromZero, quantized_state(kAround)) == 1);
    // Of what runs in f32 nothing is cut off.
    CHECK(cut(kFromZero, constant_state("s", "1,1,4", kAround)) == 0);
  }
}

TEST_CASE("runtime kernels: states are cut off by a constant of u8 as initial state") {
  for (const bool is_lstm : {true, false}) {
    const auto cut = [&](const std::string& state) {
      INFO(state);
      const Foreseen foreseen(sequence(is_lstm, kAround, state));
      for (const auto& [of, by] : foreseen.kernels.cut_states())
        CHECK((of->name() == "y" && by == CutStates::initial_state));
      return foreseen.kernels.cut_states().size();
    };
    const std::string turned = "o = Const value=[0,2,1] : i64[3]\ns = Transpose(t, o) : f32[1,1,4]\n";
    const std::string repeated =
        "o = Const value=[1,1,4] : i64[3]\ns = Broadcast@opset3(t, o) mode=numpy : f32[1,1,4]\n";
    const auto stored = [](std::string_view type) {
      return dequantized("s", filled("sv", "5", type, "1,1,4"), "scale=.01");
    };
    CHECK(cut(constant_state("s", "1,1,4", kFromZero)) == 1);
    CHECK(cut(constant_state("t", "1,4,1", kFromZero) + turned) == 1);
    CHECK(cut(constant_state("t", "1,1,1", kFromZero) + repeated) == 1);
    CHECK(cut(stored("u8")) == 1);
    CHECK(cut(stored("i8")) == 0);
    CHECK(cut(constant_state("s", "1,1,4", kAround)) == 0);
  }
}

TEST_CASE("heavy layers are those that integer kernels exist for") {
  const auto is_one = [](std::string_view line) {
    const auto model =
        parse_text(fmt::format("x = Parameter : f32[1,2,4,4]\ny = {} : f32[...]\nr = Result(y)\n", line));
    return is_heavy(*model.graph->first()->next());
  };
  for (const auto* type : {"Convolution", "ConvolutionBackpropData"})
    CHECK(is_one(fmt::format("{}(x, x) {}", type, kWindow)));
  CHECK(is_one("MatMul(x, x) transpose_a=false transpose_b=false"));
  CHECK(!is_one("Multiply(x, x)"));
}
