#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/pipeline.hpp"
#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "guard_stored_weights";
constexpr std::string_view kWindow = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";
constexpr std::string_view kProduct = "transpose_a=false transpose_b=false";

/// A zero point of 0.25 at a scale of 1/64, in numbers that f32 holds.
constexpr RangeText kFraction = {"-2.00390625", "1.98046875"};
/// A zero point of -64 at a scale of 1/64, which no integers can take in where a weight is 2.
constexpr RangeText kWhole = {"-1", "2.984375"};
constexpr RangeText kCentred = {"-1.28", "1.27"};

std::string weights(std::string_view shape, RangeText range, std::string_view value = ".5", int levels = 256) {
  return fake_quantized("w", filled("v", value, "f32", shape), levels, range);
}

std::string layer(std::string_view type, std::string_view data, std::string_view out, std::string_view attributes,
                  std::string_view name = "y") {
  return fmt::format("{0} = {1}({2}, w) {3} : f32[{4}]\nr_{0} = Result({0})\n", name, type, data, attributes, out);
}

const std::string kMatrix = "x = Parameter : f32[2,3]\n";
const std::string kImage = "x = Parameter : f32[1,2,4,4]\n";
const std::string kMultiplied = layer("MatMul", "x", "2,2", kProduct);

/// A model behind the conversion of some mode, in which the guards have changed no result.
struct Guarded {
  Model model;
  PassContext context;
  std::size_t count = 0;

  explicit Guarded(std::string_view text, Mode mode = Mode::full)
      : model(parse_text(text)), context({mode, Dialect::openvino, find_target("cpu")}) {
    INFO(text);
    for (const auto& report : run_passes(model, pipeline(), {}, context)) {
      if (report.pass == kPass) count = report.rewritten.size();
    }
    constexpr double kOrderOfOperations = 1e-5;
    check_same_function(parse_text(text), model, kOrderOfOperations);
  }
};

bool warns_of_mat_mul(const Guarded& found) {
  return std::ranges::any_of(found.context.warnings,
                             [](const auto& w) { return w.what.find("MatMul") != std::string::npos; });
}

void check_guarded(std::string_view text, std::string_view expected) {
  const Guarded found(text);
  CHECK(found.count == 1);
  CHECK(formula(found.model) == expected);
}

void check_no_guard(std::string_view text) {
  INFO(text);
  const Guarded found(text);
  CHECK(found.count == 0);
  CHECK(!warns_of_mat_mul(found));
}

std::string fact(std::string_view name) {
  const auto found = std::ranges::find(runtime_facts(), name, &RuntimeFact::name);
  REQUIRE(found != runtime_facts().end());
  return std::string(found->sentence);
}

}  // namespace

TEST_CASE("guard_stored_weights: weights of a MatMul of real data, in the steps of each type") {
  check_guarded(kMatrix + weights("3,2", kCentred) + kMultiplied,
                "MatMul(x, Multiply(FQ256(Convert(50:i8[3,2]); -128..127 -> -128..127), 0.01))");
  check_guarded(kMatrix + weights("3,2", {"-1.27", "1.27"}, ".5", 255) + kMultiplied,
                "MatMul(x, Multiply(FQ256(Convert(50:i8[3,2]); -128..127 -> -128..127), 0.01))");
  check_guarded(kMatrix + weights("3,2", {"0", "2.55"}) + kMultiplied,
                "MatMul(x, Multiply(FQ256(Convert(50:u8[3,2]); 0..255 -> 0..255), 0.01))");
  check_guarded(kMatrix + weights("3,2", {"-.8", ".7"}, ".5", 16) + kMultiplied,
                "MatMul(x, Multiply(FQ16(Convert(5:i4[3,2]); -8..7 -> -8..7), 0.1))");
  check_guarded(kMatrix + weights("3,2", {"0", "1.5"}, ".5", 16) + kMultiplied,
                "MatMul(x, Multiply(FQ16(Convert(5:u4[3,2]); 0..15 -> 0..15), 0.1))");
}

TEST_CASE("guard_stored_weights: the layers are named after the one that dequantizes") {
  const Converted converted(kMatrix + weights("3,2", kCentred) + kMultiplied, Dialect::openvino);
  CHECK(converted.line("w/guard") ==
        "w/guard = FakeQuantize(w/convert, w/guard/input_low, w/guard/input_high, w/guard/input_low, "
        "w/guard/input_high) levels=256 : f32[3,2]");
  CHECK(converted.line("w/guard/input_low") == "w/guard/input_low = Const value=-128 : f32[]");
  CHECK(converted.line("w/guard/input_high") == "w/guard/input_high = Const value=127 : f32[]");
}

TEST_CASE("guard_stored_weights: a warning names the MatMul whose activations would be quantized") {
  const Guarded found(kMatrix + weights("3,2", kCentred) + kMultiplied);
  REQUIRE(found.context.warnings.size() == 1);
  CHECK(found.context.warnings[0].layer.name == "y");
  CHECK(found.context.warnings[0].what ==
        "its weights stay under a FakeQuantize, of integers: " + fact("dynamic_quantization_of_folded_mat_mul"));
  // A zero point has its own reason, of which there is nothing to be said.
  const Guarded shifted(kMatrix + weights("3,2", kFraction) + kMultiplied);
  CHECK(shifted.count == 1);
  CHECK(!warns_of_mat_mul(shifted));
}

TEST_CASE("guard_stored_weights: a fraction in a zero point, for any product") {
  // (-128 - .25) / 64 and (127 - .25) / 64
  const std::string guarded = "FQ256(Convert(32:i8[{}]); -128..127 -> -2.00391..1.98047)";
  check_guarded(kImage + weights("3,2,3,3", kFraction) + layer("Convolution", "x", "1,3,2,2", kWindow),
                "Convolution(x, " + fmt::format(fmt::runtime(guarded), "3,2,3,3") + ")");
  // Of integers as well: their scale has gone into that of the weights.
  check_guarded(fake_quantized("q", "x = Parameter : f32[1,2,4,4]", 256, {"0", "2.55"}) +
                    weights("1,3,2,3,3", kFraction) + layer("GroupConvolution", "q", "1,3,2,2", kWindow),
                "GroupConvolution(FQ256(x; 0..2.55 -> 0..255), FQ256(Convert(32:i8[1,3,2,3,3]); -128..127 -> "
                "-0.0200391..0.0198047))");
  check_guarded(kMatrix + weights("3,2", kFraction) + kMultiplied,
                "MatMul(x, " + fmt::format(fmt::runtime(guarded), "3,2") + ")");
  // One of several is enough.
  check_guarded(kImage + weights("2,2,3,3", {"[-2,-2.00390625]", "[1.984375,1.98046875]", "2,1,1,1"}) +
                    layer("Convolution", "x", "1,2,2,2", kWindow),
                "Convolution(x, FQ256(Convert(32:i8[2,2,3,3]); -128..127 -> [-2,-2.00391]..[1.98438,1.98047]))");
}

TEST_CASE("guard_stored_weights: a whole zero point is right in a Convolution, and wrong in its inverse") {
  check_no_guard(kImage + weights("3,2,3,3", kWhole, "2") + layer("Convolution", "x", "1,3,2,2", kWindow));
  check_guarded(kImage + weights("2,3,3,3", kWhole, "2") + layer("ConvolutionBackpropData", "x", "1,3,6,6", kWindow),
                "ConvolutionBackpropData(x, FQ256(Convert(64:i8[2,3,3,3]); -128..127 -> -1..2.98438))");
  check_no_guard(kImage + weights("2,3,3,3", kCentred) + layer("ConvolutionBackpropData", "x", "1,3,6,6", kWindow));
}

// Weights of 5 are cut to the last step of each scale.
TEST_CASE("guard_stored_weights: the scale of a group is stated for each of its outputs") {
  const auto layer_of = [](std::string_view data) { return layer("GroupConvolution", data, "1,4,2,2", kWindow); };
  const auto grouped = [](RangeText range) { return weights("2,2,2,3,3", range, "5"); };
  const std::string real = "x = Parameter : f32[1,4,4,4]\n", scale = "[0.01,0.01,0.02,0.02][2,2,1,1,1]";
  const RangeText of_groups{"[-1.28,-2.56]", "[1.27,2.54]", "2,1,1,1,1"};
  check_guarded(real + grouped(of_groups) + layer_of("x"),
                "GroupConvolution(x, Multiply(Convert(127:i8[2,2,2,3,3]), " + scale + "))");
  check_guarded(dequantized("q", "x = Parameter : u8[1,4,4,4]", "scale=.5") + grouped(of_groups) + layer_of("q"),
                "GroupConvolution(Multiply(Convert(x), 0.5), Multiply(FQ256(Convert(127:i8[2,2,2,3,3]); -128..127 -> "
                "-128..127), " +
                    scale + "))");
  // What lies along the outputs may be equal within groups.
  check_guarded(real +
                    fake_quantized("k", filled("v", "5", "f32", "4,2,3,3"), 256,
                                   {"[-1.28,-1.28,-2.56,-2.56]", "[1.27,1.27,2.54,2.54]", "4,1,1,1"}) +
                    "s = Const value=[2,2,2,3,3] : i64[5]\nw = Reshape(k, s) special_zero=false : f32[2,2,2,3,3]\n" +
                    layer_of("x"),
                "GroupConvolution(x, Multiply(Convert(127:i8[2,2,2,3,3]), " + scale + "))");
  check_guarded(real + grouped({"[-2.00390625,-1.00390625]", "[1.98046875,2.98046875]", "2,1,1,1,1"}) + layer_of("x"),
                "GroupConvolution(x, FQ256(Convert(127:i8[2,2,2,3,3]); -128..127 -> "
                "[-2.00391,-2.00391,-1.00391,-1.00391]..[1.98047,1.98047,2.98047,2.98047]))");
  check_no_guard(real + grouped(kCentred) + layer_of("x"));
  check_no_guard(real + weights("2,1,2,3,3", of_groups, "5") + layer("GroupConvolution", "x", "1,2,2,2", kWindow));
}

TEST_CASE("guard_stored_weights: behind the Reshape of a 1x1 Convolution") {
  check_guarded(kImage + weights("3,2,1,1", kFraction) + layer("Convolution", "x", "1,3,4,4", kWindow),
                "Convolution(x, FQ256(Convert(32:i8[3,2,1,1]); -128..127 -> -2.00391..1.98047))");
}

TEST_CASE("guard_stored_weights: in mode weights the weights may be moved, up to four times") {
  const auto moved = [](int times) {
    std::string lines = kMatrix + weights("3,3", kCentred) + "o = Const value=[1,0] : i64[2]\n";
    std::string last = "w";
    for (int i = 0; i < times; ++i) {
      lines += fmt::format("t{} = Transpose({}, o) : f32[3,3]\n", i, last);
      last = fmt::format("t{}", i);
    }
    return Guarded(fmt::format("{}y = MatMul(x, {}) {} : f32[2,3]\nr = Result(y)\n", lines, last, kProduct),
                   Mode::weights)
        .count;
  };
  CHECK(moved(0) == 1);
  CHECK(moved(1) == 1);
  CHECK(moved(4) == 1);
  CHECK(moved(5) == 0);
  const Guarded widened(
      "x = Parameter : f32[2,3]\nv = Const value=[.5,.5,.5,.5,.5,.5] : f16[3,2]\nl = Const value=-2 : f16[]\nh = "
      "Const value=1.984375 : "
      "f16[]\nf = FakeQuantize(v, l, h, l, h) levels=256 : f16[3,2]\nw = Convert(f) : f32[3,2]\n" +
          kMultiplied,
      Mode::weights);
  // In halves the FakeQuantize itself stays.
  CHECK(widened.count == 0);
  const Guarded reshaped(
      "x = Parameter : f32[2,3]\n" + fake_quantized("f", filled("v", ".5", "f32", "6"), 256, kCentred) +
          "s = Const value=[3,2] : i64[2]\nw = Reshape(f, s) special_zero=false : f32[3,2]\n" + kMultiplied,
      Mode::weights);
  CHECK(reshaped.count == 1);
}

TEST_CASE("guard_stored_weights: the last FakeQuantize stands over any weights of a model with an integer kernel") {
  const std::string first = dequantized("a", "x = Parameter : u8[1,2,4,4]", "scale=.1") +
                            dequantized("k", filled("u", "2", "i8", "2,2,3,3"), "scale=.01") +
                            fmt::format("c = Convolution(a, k) {} : f32[1,2,2,2]\n", kWindow);
  const std::string second =
      "e = Sigmoid(c) : f32[1,2,2,2]\n" + weights("3,2,2,2", kCentred) + layer("Convolution", "e", "1,3,1,1", kWindow);
  CHECK(Guarded(first + second).count == 1);
  CHECK(Guarded("c = Parameter : f32[1,2,2,2]\n" + second).count == 0);
}

TEST_CASE("guard_stored_weights: a kernel for integers takes the weights as they are") {
  check_no_guard(fake_quantized("q", "x = Parameter : f32[2,3]", 256, {"0", "2.55"}) + weights("3,2", kCentred) +
                 layer("MatMul", "q", "2,2", kProduct));
  // Unless another layer reads them as well.
  const Guarded shared(fake_quantized("q", "x = Parameter : f32[2,3]", 256, {"0", "2.55"}) + weights("3,2", kCentred) +
                       layer("MatMul", "q", "2,2", kProduct) + layer("MatMul", "x", "2,2", kProduct, "z"));
  CHECK(shared.context.warnings.size() == 1);
  CHECK(shared.context.warnings[0].layer.name == "z");
  check_no_guard(kImage + weights("3,2,3,3", kCentred) + layer("Convolution", "x", "1,3,2,2", kWindow));
  check_no_guard("x = Parameter : f32[3,2]\n" + weights("3,2", kFraction) + layer("Multiply", "x", "3,2", ""));
}

TEST_CASE("guard_stored_weights: the first weights of an integer kernel where no FakeQuantize would be left") {
  const auto quantized = dequantized("q", "x = Parameter : u8[1,2,8,8]", "scale=.1");
  const auto first = layer("Convolution", "q", "1,2,6,6", kWindow);
  check_guarded(quantized + weights("2,2,3,3", kCentred) + first,
                "Convolution(Multiply(Convert(x), 0.1), Multiply(FQ256(Convert(50:i8[2,2,3,3]); -128..127 -> "
                "-128..127), 0.01))");
  // One is enough.
  const auto second = fake_quantized("k", filled("kv", ".5", "f32", "2,2,3,3"), 256, kCentred) +
                      fmt::format("z = Convolution(q, k) {} : f32[1,2,6,6]\ns = Result(z)\n", kWindow);
  CHECK(Guarded(quantized + weights("2,2,3,3", kCentred) + first + second).count == 1);
  const auto elsewhere = fake_quantized("f", "e = Parameter : f32[2]", 256, kCentred) + "t = Result(f)\n";
  CHECK(Guarded(quantized + weights("2,2,3,3", kCentred) + first + elsewhere).count == 0);
  CHECK(Guarded(quantized + weights("2,2,3,3", kCentred) + first, Mode::weights).count == 1);
  // No kernel, no reason.
  CHECK(Guarded(kImage + weights("2,2,3,3", kCentred) + layer("Convolution", "x", "1,2,2,2", kWindow)).count == 0);
}

TEST_CASE("guard_stored_weights: what the file stores, and other dialects and targets, stay as they are") {
  check_no_guard(kMatrix + dequantized("w", filled("v", "50", "i8", "3,2"), "scale=.01") + kMultiplied);
  check_no_guard(kMatrix + dequantized("w", filled("v", "50", "i8", "3,2"), "scale=.01 zero_point=.25") + kMultiplied);
  const auto text = kMatrix + weights("3,2", kCentred) + kMultiplied;
  const std::string folded = "MatMul(x, Multiply(Convert(50:i8[3,2]), 0.01))";
  CHECK(Converted(text, Dialect::type_relaxed).formula() == folded);
  CHECK(Converted(text, Dialect::openvino, "generic").formula() == folded);
}
