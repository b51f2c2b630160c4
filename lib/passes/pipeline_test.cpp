// Cases that need several passes: what a FakeQuantize becomes in front of what reads it, in both dialects.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/pipeline.hpp"
#include "testing/check_conversion.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

std::string quantize(std::string_view name, std::string_view data, std::string_view low, std::string_view high,
                     std::string_view shape, int levels = 256) {
  return fmt::format(
      "{0}l = Const value={2} : f32[]\n{0}h = Const value={3} : f32[]\n{0} = FakeQuantize({1}, {0}l, {0}h, {0}l, {0}h) "
      "levels={5} : f32[{4}]\n",
      name, data, low, high, shape, levels);
}

std::string convolution(std::string_view name, std::string_view data, std::string_view out = "1,2,4,4") {
  return fmt::format(
      "{0}v = Const value=[1,2,3,4,5,6] : i8[2,3,1,1]\n{0}w = Dequantize({0}v) scale=.01 : f32[2,3,1,1]\n"
      "{0} = Convolution({1}, {0}w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[{2}]\n",
      name, data, out);
}

const std::string kInput = "x = Parameter : f32[1,3,4,4]\n";

}  // namespace

TEST_CASE("pipeline: an unsigned range becomes u8, and its scale goes behind the Convolution") {
  const auto text = kInput + quantize("f", "x", "0", "2.55", "1,3,4,4") + convolution("y", "f") + "r = Result(y)\n";
  const Converted relaxed(text, Dialect::type_relaxed);
  CHECK(relaxed.line("f").find("type_relax=true input_data_types=\"\" output_data_types=u8 levels=256 : u8[1,3,4,4]") !=
        std::string::npos);
  CHECK(relaxed.line("f/output_high") == "f/output_high = Const value=255 : f32[]");
  CHECK(relaxed.line("y/scale") == "y/scale = Const value=0.0001 : f32[]");
  const Converted standard(text, Dialect::openvino);
  CHECK(standard.line("f/output_high") == "f/output_high = Const value=255 : f32[]");
  CHECK(standard.line("yw/matrix/DequantizationMultiply") ==
        "yw/matrix/DequantizationMultiply = Dequantize(yv_1) scale=0.0001 : f32[2,3]");
  CHECK(standard.kernel_count() == 1);
}

TEST_CASE("pipeline: a signed range gets a zero point for a kernel that takes u8 alone, and none on real edges") {
  const auto text = kInput + quantize("f", "x", "-1.28", "1.27", "1,3,4,4") + convolution("y", "f") + "r = Result(y)\n";
  const Converted relaxed(text, Dialect::type_relaxed);
  CHECK(relaxed.line("y/activations/DequantizationSubtract/zero_point") ==
        "y/activations/DequantizationSubtract/zero_point = Const value=[128,128,128] : u8[1,3,1,1]");
  const Converted standard(text, Dialect::openvino);
  CHECK(standard.line("f/output_low") == "f/output_low = Const value=-128 : f32[]");
  CHECK(standard.line("f/output_high") == "f/output_high = Const value=127 : f32[]");
}

TEST_CASE(
    "pipeline: a range whose zero lies between two steps stays in real units, and the type-relaxed one tells how far "
    "it goes") {
  const auto text = kInput + quantize("f", "x", "-1.23", "2.55", "1,3,4,4") + convolution("y", "f") + "r = Result(y)\n";
  const Converted standard(text, Dialect::openvino);
  CHECK(standard.line("f").find("FakeQuantize(x, fl, fh, fl, fh)") != std::string::npos);
  CHECK(standard.kernel_count() == 1);
  const Converted relaxed(text, Dialect::type_relaxed);
  CHECK(relaxed.line("y/activations/DequantizationSubtract/zero_point") ==
        "y/activations/DequantizationSubtract/zero_point = Const value=[83,83,83] : u8[1,3,1,1]");
  REQUIRE(relaxed.context.departures.size() == 1);
  CHECK(relaxed.context.departures[0].layer.name == "y/activations/DequantizationSubtract");
  CHECK(relaxed.context.departures[0].what == "its zero point is rounded, by up to 0.0238 steps");
}

TEST_CASE("pipeline: a dequantization that nobody takes goes back bit for bit") {
  const auto text =
      kInput + quantize("f", "x", "-2.55", "-1", "1,3,4,4") + "y = Sigmoid(f) : f32[1,3,4,4]\nr = Result(y)\n";
  for (const auto dialect : {Dialect::openvino, Dialect::type_relaxed})
    CHECK(print_text(*Converted(text, dialect).model.graph) == print_text(*parse_text(text).graph));
}

TEST_CASE("pipeline: a Convolution whose activations differ by channel keeps them") {
  const auto text = kInput + R"(
    l = Const value=0 : f32[]
    h = Const value=[2.55,5.1,7.65] : f32[1,3,1,1]
    f = FakeQuantize(x, l, h, l, h) levels=256 : f32[1,3,4,4]
  )" + convolution("y", "f") +
                    "r = Result(y)\n";
  const Converted standard(text, Dialect::openvino);
  CHECK(standard.refusal("propagate_convolution") == "its activations have a scale for each channel");
  CHECK(standard.line("f").find("FakeQuantize(x, l, h, l, h)") != std::string::npos);
}

TEST_CASE("pipeline: inputs of a Concat share an interval where a Convolution wants one scale") {
  const auto text = "x = Parameter : f32[1,1,4,4]\nz = Parameter : f32[1,2,4,4]\n" +
                    quantize("f", "x", "0", "2.55", "1,1,4,4") + quantize("g", "z", "0", "1.275", "1,2,4,4") +
                    "c = Concat(f, g) axis=1 : f32[1,3,4,4]\n" + convolution("y", "c") + "r = Result(y)\n";
  const Converted relaxed(text, Dialect::type_relaxed);
  CHECK(relaxed.line("g").find("levels=129 : u8[1,2,4,4]") != std::string::npos);
  CHECK(relaxed.line("g/output_high") == "g/output_high = Const value=128 : f32[]");
  CHECK(relaxed.line("y/scale") == "y/scale = Const value=0.0001 : f32[]");
  CHECK(relaxed.context.departures.size() == 1);
  // Rounding is left to the runtime, which does it once.
  const Converted standard(text, Dialect::openvino);
  CHECK(standard.line("g").find("FakeQuantize(z, fl, gh, fl, gh)") != std::string::npos);
  CHECK(standard.kernel_count() == 1);
}

TEST_CASE("pipeline: levels that differ, and an interval that is too wide, leave the group alone") {
  const auto with = [](std::string_view high, int levels) {
    return "x = Parameter : f32[1,1,4,4]\nz = Parameter : f32[1,2,4,4]\n" + quantize("f", "x", "0", "2550", "1,1,4,4") +
           quantize("g", "z", "0", high, "1,2,4,4", levels) + "c = Concat(f, g) axis=1 : f32[1,3,4,4]\n" +
           convolution("y", "c") + "r = Result(y)\n";
  };
  const std::string reason = "the interval 0..2550 that it shares leaves too few levels, or levels differ";
  CHECK(Converted(with("0.1", 256), Dialect::type_relaxed).refusal("decompose_fake_quantize") == reason);
  CHECK(Converted(with("2550", 16), Dialect::type_relaxed).refusal("decompose_fake_quantize") == reason);
}

TEST_CASE("pipeline: ranges that cannot be worked with are told") {
  const auto with = [](std::string_view low, std::string_view high, int levels) {
    return kInput + quantize("f", "x", low, high, "1,3,4,4", levels) + convolution("y", "f") + "r = Result(y)\n";
  };
  CHECK(Converted(with("0", "inf", 256), Dialect::openvino).refusal("decompose_fake_quantize") ==
        "input_high is not finite");
  CHECK(Converted(with("1", "1", 256), Dialect::openvino).refusal("decompose_fake_quantize") ==
        "its input range 1..1 is empty");
  CHECK(Converted(with("2", "1", 256), Dialect::openvino).refusal("decompose_fake_quantize") ==
        "its input range 2..1 is reversed");
  CHECK(Converted(with("0", "1", 128), Dialect::openvino).refusal("decompose_fake_quantize") ==
        "128 levels, should be 15, 16, 255 or 256");
}

TEST_CASE("pipeline: Add takes one of two FakeQuantizes as integers, and the next one takes the scale") {
  const auto text = "x = Parameter : f32[1,3,4,4]\nz = Parameter : f32[1,3,4,4]\n" +
                    quantize("f", "x", "0", "2.55", "1,3,4,4") + quantize("g", "z", "0", "5.1", "1,3,4,4") +
                    "a = Add(f, g) : f32[1,3,4,4]\n" + quantize("n", "a", "0", "7.65", "1,3,4,4") +
                    convolution("y", "n") + "r = Result(y)\n";
  const Converted relaxed(text, Dialect::type_relaxed);
  CHECK(relaxed.line("f/output_high_1") == "f/output_high_1 = Const value=127.5 : f32[]");
  CHECK(relaxed.line("g").find(": u8[1,3,4,4]") != std::string::npos);
  CHECK(relaxed.line("n/input_high") == "n/input_high = Const value=382.5 : f32[]");
  // On real edges nothing is gained by that as long as no operation behind it has a kernel for integers.
  const Converted standard(text, Dialect::openvino);
  CHECK(standard.refusal("decompose_fake_quantize") == "no operation behind it works on integers");
  CHECK(standard.line("f/output_high").empty());
  CHECK(standard.line("a").find("Add(f, g)") != std::string::npos);
}

TEST_CASE("pipeline: a second quantization to the same integers disappears") {
  const std::string pool =
      "p = MaxPool(f) kernel=[1,1] strides=[1,1] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor auto_pad=explicit "
      ": f32[1,3,4,4]\n";
  const auto text = kInput + quantize("f", "x", "0", "2.55", "1,3,4,4") + pool +
                    quantize("g", "p", "0", "2.55", "1,3,4,4") + convolution("y", "g") + "r = Result(y)\n";
  const Converted relaxed(text, Dialect::type_relaxed);
  CHECK(relaxed.line("g").empty());
  CHECK(relaxed.line("y").find("Multiply(y_original, y/scale)") != std::string::npos);
}

TEST_CASE("pipeline: a recurrent sequence keeps its dequantized inputs in front of it") {
  const auto text =
      "x = Parameter : f32[1,2,4]\nh = Parameter : f32[1,1,2]\nc = Parameter : f32[1,1,2]\ns = Const value=[2] : "
      "i32[1]\n" +
      quantize("f", "x", "-1", "1.55", "1,2,4") + quantize("g", "h", "0", "2.55", "1,1,2") + R"(
    wv = Const value=[1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8] : i8[1,8,4]
    w = Dequantize(wv) scale=.01 : f32[1,8,4]
    kv = Const value=[1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8] : i8[1,8,2]
    k = Dequantize(kv) scale=.01 : f32[1,8,2]
    b = Const value=[0,0,0,0,0,0,0,0] : f32[1,8]
    y = LSTMSequence@opset5(f, g, c, s, w, k, b) direction=forward hidden_size=2 : f32[1,1,2,2], f32[1,1,2], f32[1,1,2]
    r = Result(y.0)
  )";
  const Converted relaxed(text, Dialect::type_relaxed);
  CHECK(relaxed.line("f").find(": u8[1,2,4]") != std::string::npos);
  CHECK(relaxed.line("f/DequantizationMultiply") ==
        "f/DequantizationMultiply = Dequantize(f) scale=0.01 zero_point=100 : f32[1,2,4]");
  CHECK(relaxed.line("y").find(
            "LSTMSequence@opset5(f/DequantizationMultiply, g/DequantizationMultiply, c, s, w, k, b)") !=
        std::string::npos);
  CHECK(relaxed.kernel_count() == 1);
  const Converted standard(text, Dialect::openvino);
  CHECK(standard.line("f").find("FakeQuantize(x, fl, fh, fl, fh)") != std::string::npos);
}

TEST_CASE("pipeline: quantization that an ONNX model spells out is one FakeQuantize") {
  const auto text = kInput + R"(
    il = Const value=-1.28 : f32[]
    ih = Const value=1.27 : f32[]
    ol = Const value=0 : f32[]
    oh = Const value=255 : f32[]
    f = FakeQuantize(x, il, ih, ol, oh) levels=256 : f32[1,3,4,4]
    q = Convert(f) : u8[1,3,4,4]
    d = Dequantize(q) scale=.01 zero_point=128 : f32[1,3,4,4]
  )" + convolution("y", "d") +
                    "r = Result(y)\n";
  const Converted standard(text, Dialect::openvino);
  CHECK(standard.line("q").empty());
  CHECK(standard.line("d").find("levels=256 : f32[1,3,4,4]") != std::string::npos);
  CHECK(standard.line("yw/matrix/DequantizationMultiply") ==
        "yw/matrix/DequantizationMultiply = Dequantize(yv_1) scale=0.0001 : f32[2,3]");
  const Converted relaxed(text, Dialect::type_relaxed);
  CHECK(relaxed.line("d").find(": u8[1,3,4,4]") != std::string::npos);
  CHECK(relaxed.line("y/activations/DequantizationSubtract/zero_point") ==
        "y/activations/DequantizationSubtract/zero_point = Const value=[128,128,128] : u8[1,3,1,1]");
}

TEST_CASE("pipeline: refusals look up no line of the XML") {
  const auto text = kInput + quantize("f", "x", "0", "inf", "1,3,4,4") + convolution("y", "f") + "r = Result(y)\n";
  auto model = parse_text(text);
  std::size_t looked_up = 0;
  model.origin.line_of = [&](std::uint64_t) { return ++looked_up; };
  PassContext context({Mode::full, Dialect::openvino, find_target("cpu")});
  std::size_t refusals = 0;
  for (const auto& report : run_passes(model, pipeline(), {}, context)) refusals += report.refusals.size();
  CHECK(refusals > 0);
  CHECK(looked_up == 0);
}
