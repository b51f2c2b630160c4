#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "decompose_fake_quantize";
constexpr auto kAttributes = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";
const std::string kImage = "x = Parameter : f32[1,3,4,4]";

/// A Convolution of 3 channels by weights that are stored as 2 of 0.01.
std::string convolved(std::string_view data) {
  return dequantized("w", filled("v", "2", "i8", "1,3,1,1"), "scale=.01") +
         fmt::format("y = Convolution({}, w) {} : f32[1,1,4,4]\nr = Result(y)\n", data, kAttributes);
}
/// Likewise channel by channel.
std::string depthwise(std::string_view data) {
  return dequantized("w", filled("v", "2", "i8", "3,1,1,1,1"), "scale=.01") +
         fmt::format("y = GroupConvolution({}, w) {} : f32[1,3,4,4]\nr = Result(y)\n", data, kAttributes);
}
std::string quantized(int levels, RangeText range, const std::string& data = kImage) {
  return fake_quantized("q", data, levels, range);
}
std::string quantized_to(RangeText out) { return fake_quantized("q", kImage, 256, {"0", "2.55"}, out); }

/// Both dialects refuse the FakeQuantize.
void check_both_refuse(const std::string& text, Cause cause, std::string_view reason) {
  for (const auto dialect : {Dialect::openvino, Dialect::type_relaxed})
    check_conversion_refused(kPass, text, dialect, reason, cause);
}

}  // namespace

// Law: scale = (high - low) / (levels - 1), zero_point = -low / scale. Integers begin at that of the type, on a real
// edge the steps lie around zero, or the range stays: where the runtime would spread it, or the file would grow. Each
// range has a scale of 0.01 (15 and 16 levels: of 0.1), that of the weights is 0.01.
TEST_CASE("decompose_fake_quantize: levels, types and ranges whose zero is a step") {
  struct Row {
    int levels;
    RangeText range;
    std::string_view target, integers, zero_point, steps, scale = "0.0001";
  };
  const Row rows[] = {
      {256, {"0", "2.55"}, "cpu", "0..255):u8", "", "0..255"},
      {256, {"-1.28", "1.27"}, "cpu", "0..255):u8", "128:u8", "-128..127"},
      {256, {"-1.28", "1.27"}, "gpu", "-128..127):i8", "", "-128..127"},
      {256, {"-1", "1.55"}, "gpu", "0..255):u8", "100:u8", ""},
      {255, {"0", "2.54"}, "cpu", "0..254):u8", "", ""},
      {255, {"-1.27", "1.27"}, "cpu", "0..254):u8", "127:u8", ""},
      {255, {"-1.27", "1.27"}, "gpu", "-127..127):i8", "", "-127..127"},
      {16, {"0", "1.5"}, "cpu", "0..15):u8", "", "0..15", "0.001"},
      {16, {"-0.8", "0.7"}, "gpu", "-8..7):i8", "", "-8..7", "0.001"},
      {15, {"0", "1.4"}, "cpu", "0..14):u8", "", "", "0.001"},
      {15, {"-0.7", "0.7"}, "cpu", "0..14):u8", "7:u8", "", "0.001"},
  };
  for (const auto& row : rows) {
    const auto head = fmt::format("FQ{}(x; {}..{} -> ", row.levels, row.range.low, row.range.high);
    const auto integers = head + std::string(row.integers);
    const auto data =
        row.zero_point.empty() ? integers : fmt::format("Subtract({}, {}[1,3,1,1])", integers, row.zero_point);
    check_conversion(quantized(row.levels, row.range) + convolved("q"),
                     {fmt::format("Multiply(Convolution({}, 2:i8[1,3,1,1]), {})", data, row.scale),
                      row.steps.empty() ? "unchanged"
                                        : fmt::format("Convolution({}{}), Multiply(Convert(2:i8[1,3,1,1]), {}))", head,
                                                      row.steps, row.scale),
                      row.target});
  }
}

// 1.23 / (3.78 / 255) is 82.98 steps.
TEST_CASE("decompose_fake_quantize: a zero between two steps is left to the runtime, which rounds it") {
  constexpr double kRounded = 0.01;
  const auto text = quantized(256, {"-1.23", "2.55"}) + convolved("q");
  check_conversion(text, {"Multiply(Convolution(Subtract(FQ256(x; -1.23..2.55 -> 0..255):u8, 83:u8[1,3,1,1]), "
                          "2:i8[1,3,1,1]), 0.000148235)",
                          "unchanged", "cpu", kRounded});
  CHECK(Converted(text, Dialect::openvino).kernel_count() == 1);
}

// The zero point would be -100.
TEST_CASE("decompose_fake_quantize: a zero outside of the range fits no integer type, and any real edge") {
  check_conversion(quantized_to({"1", "3.55"}) + convolved("q"),
                   {"Convolution(FQ256(x; 0..2.55 -> 1..3.55), Multiply(Convert(2:i8[1,3,1,1]), 0.01))",
                    "Convolution(FQ256(x; 0..2.55 -> 100..355), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}

TEST_CASE("decompose_fake_quantize: a range that is in steps already has nothing to hand on but that") {
  const auto text = quantized_to({"0", "255"}) + convolved("q");
  check_conversion(text, {"Multiply(Convolution(FQ256(x; 0..2.55 -> 0..255):u8, 2:i8[1,3,1,1]), 0.01)", "unchanged"});
  CHECK(Converted(text, Dialect::openvino).kernel_count() == 1);
}

// A channel of one value keeps that as its scale, with the step 1; 0 is the step 0 of scale 1.
TEST_CASE("decompose_fake_quantize: a channel whose ends are one value") {
  check_conversion(quantized_to({"[0,0,1.5]", "[2.55,0,1.5]", "1,3,1,1"}) + depthwise("q"),
                   {"Multiply(GroupConvolution(FQ256(x; 0..2.55 -> [0,0,1]..[255,0,1]):u8, 2:i8[3,1,1,1,1]), "
                    "[0.0001,0.01,0.015][1,3,1,1])",
                    "GroupConvolution(FQ256(x; 0..2.55 -> [0,0,1]..[255,0,1]), Multiply(Convert(2:i8[3,1,1,1,1]), "
                    "[0.0001,0.01,0.015][3,1,1,1,1]))"});
}

// Steps of -100 to 155, -128 to 127 and 0 to 255, of 0.01. A range that has its output ends for itself loses them.
TEST_CASE("decompose_fake_quantize: steps that have other ends for each channel would enlarge the file") {
  const RangeText in{"[-1,-1.28,0]", "[1.55,1.27,2.55]", "1,3,1,1"}, other{"[-2,-2.56,0]", "[3.1,2.54,5.1]", "1,3,1,1"};
  const auto check = [&](RangeText to, std::string_view steps, std::string_view scale) {
    const auto text = fake_quantized("q", kImage, 256, in, to) + depthwise("q");
    CHECK(Converted(text, Dialect::openvino).formula() ==
          fmt::format("GroupConvolution(FQ256(x; [-1,-1.28,0]..[1.55,1.27,2.55] -> {}), "
                      "Multiply(Convert(2:i8[3,1,1,1,1]), {}))",
                      steps, scale));
  };
  check(in, "[-1,-1.28,0]..[1.55,1.27,2.55]", "0.01");
  check(other, "[-100,-128,0]..[155,127,255]", "0.0002");
}

// Weights that were integers before make no room for them; 0..255 and -128..127 are one constant for the whole model.
TEST_CASE("decompose_fake_quantize: steps with ends of their own would enlarge a file of integers") {
  const auto weights = [](bool stored) {
    const auto values = stored ? dequantized("w", filled("v", "2", "i8", "1,3,1,1"), "scale=.01")
                               : fake_quantized("w", filled("v", ".02", "f32", "1,3,1,1"), 255, {"-1.27", "1.27"});
    return values + fmt::format("y = Convolution(q, w) {} : f32[1,1,4,4]\nr = Result(y)\n", kAttributes);
  };
  const auto check = [&](RangeText to, bool stored, std::string_view steps, const std::string& more = {}) {
    INFO(to.low << ".." << to.high);
    const auto text = fake_quantized("q", kImage, 256, {"-1", "1.55"}, to) + weights(stored) + more;
    const auto made = Converted(text, Dialect::openvino).formula();
    CHECK(made.substr(made.find("FQ256(x; -1..1.55 -> ")).starts_with(fmt::format("FQ256(x; -1..1.55 -> {})", steps)));
  };
  check({"-1", "1.55"}, true, "-1..1.55");
  check({"-1", "1.55"}, false, "-100..155");
  check({"-2", "3.1"}, true, "-100..155");
  check({"0", "2.55"}, true, "0..255");
  check({"-1.28", "1.27"}, true, "-128..127");
  // Behind the Add the scale would go into a range again.
  const std::string sum =
      "m = MaxPool@opset1(q) strides=[1,1] pads_begin=[0,0] pads_end=[0,0] kernel=[1,1] "
      "rounding_type=floor auto_pad=explicit : f32[1,3,4,4]\ns = Add(m, x) : f32[1,3,4,4]\nt = "
      "Result(s)\n";
  check({"0", "2.55"}, true, "0..2.55", sum);
  check({"0", "2.55"}, false, "0..255", sum);
}

TEST_CASE("decompose_fake_quantize: on a real edge no scale for each channel goes behind what would misread it") {
  const std::string grouped = kImage + "\n" + filled("k", "1", "f32", "3,1,1,1,1") +
                              fmt::format("\ng = GroupConvolution(x, k) {} : f32[1,3,4,4]", kAttributes);
  const RangeText channels{"[0,0,0]", "[2.55,5.1,2.55]", "1,3,1,1"};
  check_conversion(
      quantized(256, channels, grouped) + depthwise("q"),
      {"Multiply(GroupConvolution(FQ256(GroupConvolution(x, 1[3,1,1,1,1]); 0..[2.55,5.1,2.55] -> 0..255):u8, "
       "2:i8[3,1,1,1,1]), [0.0001,0.0002,0.0001][1,3,1,1])",
       "unchanged"});
  // Data of unknown lengths: at once or behind ReLU such scales meet a FakeQuantize.
  const auto dynamic = quantized(256, channels, "x = Parameter : f32[1,3,?,4]") +
                       fake_quantized("f", "a = ReLU(q) : f32[1,3,?,4]", 256, {"0", "2"}) + "s = Result(f)\n" +
                       dequantized("w", filled("v", "2", "i8", "3,1,1,1,1"), "scale=.01") +
                       fmt::format("y = GroupConvolution(q, w) {} : f32[1,3,?,4]\nr = Result(y)\n", kAttributes);
  CHECK(
      Converted(dynamic, Dialect::openvino).formula() ==
      "FQ256(FQ256(x; 0..[2.55,5.1,2.55] -> 0..[2.55,5.1,2.55]); 0..2 -> 0..2)\n"
      "GroupConvolution(FQ256(x; 0..[2.55,5.1,2.55] -> 0..[2.55,5.1,2.55]), Multiply(Convert(2:i8[3,1,1,1,1]), 0.01))");
}

// In the interval 0..2.55 of 0.01 a step, 1.275 is the step 127.5, which is rounded to 128: 129 levels.
TEST_CASE("decompose_fake_quantize: inputs of a Concat share an interval, in real units on a real edge") {
  const auto joined = [](std::string_view high, int levels = 256) {
    return fake_quantized("a", "x = Parameter : f32[1,1,4,4]", 256, {"0", "2.55"}) +
           fake_quantized("b", "z = Parameter : f32[1,2,4,4]", levels, {"0", high}) +
           "q = Concat(a, b) axis=1 : f32[1,3,4,4]\n";
  };
  constexpr double kHalfStep = 0.02;
  const auto text = joined("1.275") + convolved("q");
  check_conversion(text,
                   {"Multiply(Convolution(Concat(FQ256(x; 0..2.55 -> 0..255):u8, FQ129(z; 0..1.275 -> 0..128):u8):u8, "
                    "2:i8[1,3,1,1]), 0.0001)",
                    "unchanged", "cpu", kHalfStep});
  CHECK(Converted(text, Dialect::openvino).kernel_count() == 1);
  // One that takes a scale for each channel leaves each of them its own.
  check_conversion(
      joined("1.275") + depthwise("q"),
      {"Multiply(GroupConvolution(Concat(FQ256(x; 0..2.55 -> 0..255):u8, FQ256(z; 0..1.275 -> 0..255):u8):u8, "
       "2:i8[3,1,1,1,1]), [0.0001,5e-05,5e-05][1,3,1,1])",
       "GroupConvolution(Concat(FQ256(x; 0..2.55 -> 0..255), FQ256(z; 0..1.275 -> 0..255)), "
       "Multiply(Convert(2:i8[3,1,1,1,1]), [0.0001,5e-05,5e-05][3,1,1,1,1]))"});
  const auto reason = "the interval 0..2.55 that it shares leaves too few levels, or levels differ";
  check_both_refuse(joined("0.01") + convolved("q"), Cause::too_few_levels, reason);
  check_both_refuse(joined("2.55", 16) + convolved("q"), Cause::too_few_levels, reason);
}

// In steps of the interval 0..255 the ends of 0..1.5 are 0 and 2, those of 0.5..2 are 1 and 2.
TEST_CASE("decompose_fake_quantize: two of one length that lie elsewhere may have different levels left") {
  std::string text;
  for (const auto& [name, range] : {std::pair("a", RangeText{"0", "255"}), std::pair("b", RangeText{"0", "1.5"}),
                                    std::pair("c", RangeText{"0.5", "2"})})
    text += fake_quantized(name, fmt::format("{}x = Parameter : f32[1,1,4,4]", name), 256, range);
  check_conversion_refused(kPass, text + "q = Concat(a, b, c) axis=1 : f32[1,3,4,4]\n" + convolved("q"),
                           Dialect::type_relaxed, "the interval 0..255 that it shares leaves it 2 levels",
                           Cause::too_few_levels);
}

TEST_CASE("decompose_fake_quantize: levels and ranges that no kernel knows") {
  check_both_refuse(quantized(65536, {"0", "2.55"}) + convolved("q"), Cause::levels_not_supported,
                    "its 65536 levels fit none of the types that its readers take");
  check_both_refuse(quantized(128, {"0", "2.55"}) + convolved("q"), Cause::levels_not_supported,
                    "128 levels, should be 15, 16, 255 or 256");
  check_both_refuse(quantized_to({"1", "1"}) + convolved("q"), Cause::range_of_one_value,
                    "all of its output is one value");
  check_both_refuse(quantized(256, {"2.55", "0"}) + convolved("q"), Cause::range_not_usable,
                    "its input range 2.55..0 is reversed");
}

// 2.5 / 255 is none that f16 has: the scale stays f32.
TEST_CASE("decompose_fake_quantize: the integers of halves keep the scale that they have in f32") {
  const std::string text =
      "x = Parameter : f16[1,3,4,4]\nl = Const value=0 : f16[]\nh = Const value=2.5 : f16[]\nq = FakeQuantize(x, l, h, "
      "l, h) levels=256 : f16[1,3,4,4]\ny = MaxPool(q) kernel=[2,2] strides=[2,2] : f16[1,3,2,2]\n" +
      filled("v", "2", "i8", "1,3,1,1") +
      "\nc = Convert(v) : f16[1,3,1,1]\ns = Const value=.5 : f16[]\nw = Multiply(c, s) : f16[1,3,1,1]\nz = "
      "Convolution(y, w) " +
      kAttributes + " : f16[1,1,2,2]\nr = Result(z)\nt = Result(q)\n";
  check_conversion(text,
                   {"Convert(Multiply(Convolution(MaxPool(FQ256(Convert(x); 0..2.5 -> 0..255):u8):u8, 2:i8[1,3,1,1]), "
                    "0.00490196)):f16\nConvert(Multiply(FQ256(Convert(x); 0..2.5 -> 0..255):u8, 0.00980392)):f16",
                    "rewritten"});
}

// A scale for f32 weights would take the place of f16 ones.
TEST_CASE("decompose_fake_quantize: in front of weights with f16 scales the range stays in real units") {
  const auto text = [](std::string_view type) {
    return quantized(256, {"0", "2.55"}) + filled("v", "2", "i8", "2,3,2,2") +
           fmt::format(
               "\nc = Convert(v) : f32[2,3,2,2]\nh = Const value=[1,2] : {}[2,1,1,1]\ns = Convert(h) : "
               "f32[2,1,1,1]\nw = Multiply(c, s) : f32[2,3,2,2]\np = MaxPool(q) kernel=[2,2] strides=[2,2] : "
               "f32[1,3,2,2]\ny = Convolution(p, w) {} : f32[1,2,1,1]\nr = Result(y)\n",
               type, kAttributes);
  };
  CHECK(Converted(text("f16"), Dialect::openvino).formula() == formula(parse_text(text("f16"))));
  CHECK(Converted(text("f16"), Dialect::openvino).kernel_count() == 1);
  CHECK(Converted(text("f32"), Dialect::openvino).formula() ==
        "Convolution(MaxPool(FQ256(x; 0..2.55 -> 0..255)), Multiply(Convert(2:i8[2,3,2,2]), [0.01,0.02][2,1,1,1]))");
}

TEST_CASE("decompose_fake_quantize: readers that take no integers, or not the same ones") {
  const auto q = quantized(256, {"0", "2.55"});
  const auto leads_nowhere = [](const std::string& text, std::string_view reason) {
    check_conversion_refused(kPass, text, Dialect::openvino, reason, Cause::no_integer_reader);
    CHECK(Converted(text, Dialect::openvino).formula() == formula(parse_text(text)));
  };
  leads_nowhere(q + "r = Result(q)\n", "no operation behind it works on integers");
  leads_nowhere(q + "y = Sigmoid(q) : f32[1,3,4,4]\nr = Result(y)\n",
                "no operation behind it works on integers; \"y\" (Sigmoid): the transformations do not know the "
                "operation Sigmoid");
  leads_nowhere(q + filled("w", "2", "f32", "1,3,1,1") +
                    fmt::format("\ny = Convolution(q, w) {} : f32[1,1,4,4]\nr = Result(y)\n", kAttributes),
                "no operation behind it works on integers; \"y\" (Convolution): its weights are not quantized");
  check_both_refuse(q + convolved("q") +
                        "a = Parameter : f32[1,3,4,4]\nm = MatMul(a, q) transpose_a=false transpose_b=false : "
                        "f32[1,3,4,4]\ns = Result(m)\n",
                    Cause::readers_agree_on_no_type,
                    "its readers agree on no integer type: \"m\" (MatMul) takes none that the others do");
  check_both_refuse(q + "i = Convert(q) : u8[1,3,4,4]\nc = Convert(i) : f32[1,3,4,4]\n" + convolved("c"),
                    Cause::not_a_dequantization, "what reads its integers is not a dequantization");
  // The text form checks the inputs of operations that it knows, not of those in another set.
  leads_nowhere(q + "y = Transpose@extension(q) : f32[1,3,4,4]\nr = Result(y)\n",
                "no operation behind it works on integers; \"y\" (Transpose): it has 1 inputs, needs at least 2");
  check_refused(kPass, q + convolved("q"), "its readers were not looked at", Cause::readers_agree_on_no_type);
}

TEST_CASE("decompose_fake_quantize: the code of what its readers are left out for") {
  const auto code = [](std::string_view reader) {
    const Converted converted(
        quantized(256, {"0", "2.55"}) + fmt::format("y = {} : f32[1,3,4,4]\nr = Result(y)\n", reader),
        Dialect::openvino);
    const Node* node = converted.model.graph->first();
    while (node->name() != "y") node = node->next();
    return converted.context.markup.check_quantizable(*node).error().cause();
  };
  CHECK(code("Sigmoid(q)") == Cause::operation_not_transformed);
  CHECK(code("Transpose@extension(q)") == Cause::layer_not_understood);
}

// -1.28..1.27 by itself asks for i8; 128 is taken off for each of 4 rows of 50.
TEST_CASE("decompose_fake_quantize: the type that the model itself quantizes to is kept") {
  const std::string data = "x = Parameter : f32[2,4]";
  const auto multiplied = [](const std::string& lines) {
    return lines + dequantized("w", filled("v", "50", "i8", "4,3"), "scale=.01") +
           "y = MatMul(q, w) transpose_a=false transpose_b=false : f32[2,3]\nr = Result(y)\n";
  };
  const std::string steps = "MatMul(FQ256(x; -1.28..1.27 -> -128..127), Multiply(Convert(50:i8[4,3]), 0.0001))";
  check_conversion(multiplied(quantized(256, {"-1.28", "1.27"}, data)),
                   {"Multiply(MatMul(FQ256(x; -1.28..1.27 -> -128..127):i8, 50:i8[4,3]), 0.0001)", steps});
  check_conversion(
      multiplied(fake_quantized("f", data, 256, {"-1.28", "1.27"}, {"0", "255"}) +
                 "c = Convert(f) : u8[2,4]\nq = Dequantize(c) scale=.01 zero_point=128 : f32[2,4]\n"),
      {"Multiply(Subtract(MatMul(FQ256(x; -1.28..1.27 -> 0..255):u8, 50:i8[4,3]), 25600), 0.0001)", steps});
}

TEST_CASE("decompose_fake_quantize: weights are none of its business") {
  check_no_match(kPass, fake_quantized("q", filled("v", ".5", "f32", "3"), 256, {"0", "2.55"}) + "r = Result(q)\n");
}

// The runtime finds integers behind a sum, an average or a Convert only where the range is in real units.
TEST_CASE("decompose_fake_quantize: on the way to a kernel through a sum or an average the range stays in real units") {
  const auto pool = [](std::string_view type, std::string_view name, std::string_view data) {
    return fmt::format(
        "{} = {}({}) kernel=[1,1] strides=[1,1] pads_begin=[0,0] pads_end=[0,0] exclude-pad=true auto_pad=explicit "
        "rounding_type=floor : f32[1,3,4,4]\n",
        name, type, data);
  };
  const auto formula = [](const std::string& between) {
    const auto text = quantized(256, {"0", "2.55"}) + between + convolved("m");
    const Converted converted(text, Dialect::openvino);
    check_same_function(parse_text(text), converted.model, 1e-5);
    return converted.formula();
  };
  const std::string kept = "FQ256(x; 0..2.55 -> 0..2.55)", weights = ", Multiply(Convert(2:i8[1,3,1,1]), 0.01))";
  const std::string one = "c = Const value=1 : f32[]\n";
  CHECK(formula(pool("AvgPool", "m", "q")) == "Convolution(AvgPool(" + kept + ")" + weights);
  CHECK(formula(pool("MaxPool", "a", "q") + pool("AvgPool", "m", "a")) ==
        "Convolution(AvgPool(MaxPool(" + kept + "))" + weights);
  CHECK(formula(pool("AvgPool", "a", "q") + pool("MaxPool", "m", "a")) ==
        "Convolution(MaxPool(AvgPool(" + kept + "))" + weights);
  CHECK(formula(one + "m = Add(q, c) : f32[1,3,4,4]\n") == "Convolution(Add(" + kept + ", 1)" + weights);
  CHECK(formula(pool("MaxPool", "a", "q") + one + "m = Subtract(a, c) : f32[1,3,4,4]\n") ==
        "Convolution(Subtract(MaxPool(" + kept + "), 1)" + weights);
  CHECK(formula("c = Convert(q) : f16[1,3,4,4]\nm = Convert(c) : f32[1,3,4,4]\n") ==
        "Convolution(Convert(Convert(" + kept + "):f16)" + weights);
  // A Multiply lets the scale pass, and what only moves data as well.
  CHECK(formula("c = Const value=2 : f32[]\nm = Multiply(q, c) : f32[1,3,4,4]\n") ==
        "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Convert(2:i8[1,3,1,1]), 0.0002))");
  CHECK(formula(pool("MaxPool", "m", "q")) ==
        "Convolution(MaxPool(FQ256(x; 0..2.55 -> 0..255)), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))");
}

TEST_CASE("decompose_fake_quantize: one of several ways to kernels is enough for real units") {
  const auto text = quantized(256, {"0", "2.55"}) + "c = Const value=1 : f32[]\nm = Add(q, c) : f32[1,3,4,4]\n" +
                    convolved("m") + dequantized("u", filled("t", "2", "i8", "1,3,1,1"), "scale=.01") +
                    fmt::format("z = Convolution(q, u) {} : f32[1,1,4,4]\ns = Result(z)\n", kAttributes);
  CHECK(Converted(text, Dialect::openvino).formula() ==
        "Convolution(Add(FQ256(x; 0..2.55 -> 0..2.55), 1), Multiply(Convert(2:i8[1,3,1,1]), 0.01))\n"
        "Convolution(FQ256(x; 0..2.55 -> 0..2.55), Multiply(Convert(2:i8[1,3,1,1]), 0.01))");
}
