#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "testing/check_weighted.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_group_convolution";

WeightedLayer layer(std::string activations, std::string weights) {
  return {kPass,
          "GroupConvolution",
          "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit",
          "1,6,4,4",
          "3,4,2,1,1",
          "1,12,4,4",
          std::move(activations),
          std::move(weights)};
}

}  // namespace

// Rows GC.. of the specification of weighted operations: 6 channels in 3 groups, 4 outputs each.
TEST_CASE("propagate_group_convolution: activations may have a scale for each group") {
  check_weighted(layer("scale=[.02,.02,.04,.04,.08,.08]@1", "scale=.01"),
                 "[2e-4,2e-4,2e-4,2e-4,4e-4,4e-4,4e-4,4e-4,8e-4,8e-4,8e-4,8e-4]", "1,12,1,1");
  check_weighted(layer("scale=[.02,.02,.02,.02,.02,.02]@1", "scale=.01"), "0.0002", "");
  check_weighted(layer("scale=.1 zero_point=[1,2,3,4,5,6]@1", "scale=.01"), "0.001", "", {"[1,2,3,4,5,6]", "1,6,1,1"});
  check_weighted(layer("scale=.02 zero_point=128", "scale=.01"), "0.0002", "",
                 {"[128,128,128,128,128,128]", "1,6,1,1"});
}

TEST_CASE("propagate_group_convolution: a scale of the weights for each group serves all of its outputs") {
  check_weighted(layer("scale=.1", "scale=[.01,.02,.03]@0"),
                 "[1e-3,1e-3,1e-3,1e-3,2e-3,2e-3,2e-3,2e-3,3e-3,3e-3,3e-3,3e-3]", "1,12,1,1");
}

TEST_CASE("propagate_group_convolution: each output channel may have its own") {
  check_rewrite(kPass, R"(
    x = Parameter                                   : u8[1,2,2,2]
    w = Const value=[1,2,3,4]                       : i8[2,2,1,1,1]
    s = Const value=[.01,.02,.03,.04]               : f32[2,2,1,1,1]
    a = Dequantize(x) scale=[.1,.2]@1               : f32[1,2,2,2]
    c = Convert(w)                                  : f32[2,2,1,1,1]
    b = Multiply(c, s)                              : f32[2,2,1,1,1]
    y = GroupConvolution(a, b) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,4,2,2]
    r = Result(y)
  )",
                R"(
    x = Parameter                                   : u8[1,2,2,2]
    w = Const value=[1,2,3,4]                       : i8[2,2,1,1,1]
    y_original = GroupConvolution@type_relaxed_opset1(x, w) type_relax=true input_data_types=[f32,f32] output_data_types=f32 strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,4,2,2]
    "y/scale" = Const value=[.001,.002,.006,.008]   : f32[1,4,1,1]
    y = Multiply(y_original, "y/scale")             : f32[1,4,2,2]
    r = Result(y)
  )",
                1, 1e-6);
}

TEST_CASE("propagate_group_convolution: a scale that differs within a group is refused") {
  check_weighted_refused(layer("scale=[.02,.03,.04,.04,.08,.08]@1", "scale=.01"),
                         "its activations have a scale for each channel");
}

namespace {

constexpr auto kAttributes = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";

/// A GroupConvolution of `a` and `w`, which the lines declare.
std::string convolved(std::string_view lines, std::string_view out = "1,6,4,4") {
  return fmt::format("{}y = GroupConvolution(a, w) {} : f32[{}]\nr = Result(y)\n", lines, kAttributes, out);
}
std::string bytes(std::string_view dequantization, std::string_view shape = "1,6,4,4") {
  return dequantized("a", fmt::format("x = Parameter : u8[{}]", shape), dequantization);
}
/// Weights of 4 dimensions, `d`, as 6 outputs of 2 inputs in 3 groups.
std::string grouped(const std::string& weights) {
  return weights + "p = Const value=[3,2,2,1,1] : i64[5]\nw = Reshape(d, p) special_zero=false : f32[3,2,2,1,1]\n";
}
/// Weights of 2, which FakeQuantize stores as -125 of 0.01.
const std::string kWeights =
    grouped(fake_quantized("d", filled("v", "2", "f32", "6,2,1,1"), 255, {"0", "254"}, {"-1.27", "1.27"}));
/// Weights of a channel each, in 6 groups.
const std::string kChannelWeights =
    dequantized("w", filled("v", "50", "i8", "6,1,1,1,1"), "scale=[.01,.02,.03,.04,.05,.06]@0");
constexpr auto kPairs = "scale=[.02,.02,.04,.04,.08,.08]@1";
constexpr auto kPairScale = "[0.0002,0.0002,0.0004,0.0004,0.0008,0.0008][1,6,1,1]";

std::string times(std::string_view convolution, std::string_view scale) {
  return fmt::format("Multiply({}, {})", convolution, scale);
}

}  // namespace

// Rows GC01 to GC18, through the whole pipeline.
TEST_CASE("GroupConvolution: weights under FakeQuantize and a Reshape") {
  const std::string plain = "GroupConvolution(x, -125:i8[3,2,2,1,1])";
  check_conversion(convolved(bytes("scale=.02 zero_point=128") + kWeights),
                   {times("GroupConvolution(Subtract(x, 128:u8[1,6,1,1]), -125:i8[3,2,2,1,1])", "0.0002"),
                    "GroupConvolution(Multiply(Subtract(Convert(x), 128), 0.02), "
                    "Multiply(FQ256(Convert(-125:i8[3,2,2,1,1]); -128..127 -> -128..127), 0.01))"});
  check_conversion(convolved(bytes(kPairs) + kWeights),
                   {times(plain, kPairScale),
                    "GroupConvolution(Multiply(Convert(x), [0.02,0.02,0.04,0.04,0.08,0.08][1,6,1,1]), "
                    "Multiply(Convert(-125:i8[3,2,2,1,1]), 0.01))"});
  check_conversion(convolved(bytes("scale=[.02,.02,.02,.02,.02,.02]@1") + kWeights),
                   {times(plain, "0.0002"),
                    "GroupConvolution(Multiply(Convert(x), 0.02[1,6,1,1]), Multiply(FQ256(Convert(-125:i8[3,2,2,1,1]); "
                    "-128..127 -> -128..127), 0.01))"});
  check_conversion(convolved("x = Parameter : f32[1,6,4,4]\ns = Const value=.02 : f32[]\na = Multiply(x, s) : "
                             "f32[1,6,4,4]\n" +
                             kWeights),
                   {"GroupConvolution(Multiply(x, 0.02), Multiply(Convert(-125:i8[3,2,2,1,1]), 0.01))",
                    "GroupConvolution(Multiply(x, 0.02), Multiply(Convert(-125:i8[3,2,2,1,1]), 0.01))"});
  check_conversion(
      convolved(bytes("scale=.02") + fake_quantized("w", filled("v", "2", "f32", "3,2,2,1,1"), 255, {"0", "254"},
                                                    {"[-1.27,-1.27,-1.27,-1.27,-1.27,-1.27]",
                                                     "[1.27,1.27,1.27,1.27,1.27,1.27]", "3,2,1,1,1"})),
      {times(plain, "0.0002"),
       "GroupConvolution(Multiply(Convert(x), 0.02), Multiply(FQ256(Convert(-125:i8[3,2,2,1,1]); -128..127 -> "
       "-128..127), 0.01[3,2,1,1,1]))"});
}

TEST_CASE("GroupConvolution: stored weights and their zero points") {
  const auto data = bytes(std::string(kPairs) + " zero_point=255");
  const auto expected =
      times("GroupConvolution(Subtract(x, 255:u8[1,6,1,1]), Subtract(2:i8[3,2,2,1,1], 127:i8[3,2,1,1,1]))", kPairScale);
  check_conversion(
      convolved(data + grouped(dequantized("d", filled("v", "2", "i8", "6,2,1,1"), "scale=.01 zero_point=127"))),
      {expected,
       "GroupConvolution(Multiply(Subtract(Convert(x), 255), [0.02,0.02,0.04,0.04,0.08,0.08][1,6,1,1]), "
       "Multiply(Subtract(Convert(2:i8[3,2,2,1,1]), 127), 0.01))"});
  check_conversion(convolved(data + dequantized("w", filled("v", "2", "i8", "3,2,2,1,1"), "scale=.01 zero_point=127")),
                   {expected, "unchanged"});
  check_conversion(
      convolved(bytes("scale=.1") + grouped(dequantized("d", filled("v", "2", "i8", "6,2,1,1"),
                                                        "scale=[.01,.02,.03,.04,.05,.06]@0 zero_point=5"))),
      {times("GroupConvolution(x, Subtract(2:i8[3,2,2,1,1], 5:i8[3,2,1,1,1]))",
             "[0.001,0.002,0.003,0.004,0.005,0.006][1,6,1,1]"),
       "GroupConvolution(Multiply(Convert(x), 0.1), Multiply(Subtract(Convert(2:i8[3,2,2,1,1]), 5), "
       "[0.01,0.02,0.03,0.04,0.05,0.06][3,2,1,1,1]))"});
}

TEST_CASE("GroupConvolution: scales of the weights for each output, of the activations for each group") {
  std::string weights = filled("v", "-125", "i8", "3,2,2,1,1") +
                        "\ns = Const value=[.1,.2,.1,.2,.1,.2] : f32[3,2,1,1,1]\nc = Convert(v) : f32[3,2,2,1,1]\nw = "
                        "Multiply(c, s) : f32[3,2,2,1,1]\n";
  check_conversion(
      convolved(bytes("scale=.1") + weights),
      {times("GroupConvolution(x, -125:i8[3,2,2,1,1])", "[0.01,0.02,0.01,0.02,0.01,0.02][1,6,1,1]"), "unchanged"});
  check_conversion(convolved(bytes(std::string(kPairs) + " zero_point=[1,2,3,4,5,6]@1") + weights),
                   {times("GroupConvolution(Subtract(x, [1,2,3,4,5,6]:u8[1,6,1,1]), -125:i8[3,2,2,1,1])",
                          "[0.002,0.004,0.004,0.008,0.008,0.016][1,6,1,1]"),
                    "unchanged"});
  check_conversion(convolved(bytes("scale=[.02,.03,.04,.04,.08,.08]@1") + weights),
                   {"GroupConvolution(Multiply(x, [0.02,0.03,0.04,0.04,0.08,0.08][1,6,1,1]), "
                    "Multiply(Convert(-125:i8[3,2,2,1,1]), [0.1,0.2,0.1,0.2,0.1,0.2][3,2,1,1,1]))",
                    "unchanged"});
}

TEST_CASE("GroupConvolution: a group for each channel") {
  const std::string weights = "50:i8[6,1,1,1,1]";
  check_conversion(convolved(bytes(kPairs) + fake_quantized("w", filled("v", "2", "f32", "6,1,1,1,1"), 255,
                                                            {"0", "254"}, {"-1.27", "1.27"})),
                   {times("GroupConvolution(x, -125:i8[6,1,1,1,1])", kPairScale),
                    "GroupConvolution(Multiply(Convert(x), [0.02,0.02,0.04,0.04,0.08,0.08][1,6,1,1]), "
                    "Multiply(FQ256(Convert(-125:i8[6,1,1,1,1]); -128..127 -> -128..127), 0.01))"});
  check_conversion(convolved(bytes("scale=[.1,.2,.3,.4,.5,.6]@1 zero_point=[1,2,3,4,5,6]@1") + kChannelWeights),
                   {times("GroupConvolution(Subtract(x, [1,2,3,4,5,6]:u8[1,6,1,1]), " + weights + ")",
                          "[0.001,0.004,0.009,0.016,0.025,0.036][1,6,1,1]"),
                    "unchanged"});
  check_conversion(
      convolved(bytes("scale=.1", "?,6,?,?") + kChannelWeights, "?,6,?,?"),
      {times("GroupConvolution(x, " + weights + ")", "[0.001,0.002,0.003,0.004,0.005,0.006][1,6,1,1]"), "unchanged"});
  const RangeText alternating{"[0,0,0,0,0,0]", "[2.55,5.1,2.55,5.1,2.55,5.1]", "1,6,1,1"};
  check_conversion(convolved(fake_quantized("a", "x = Parameter : f32[1,6,4,4]", 256, alternating) + kChannelWeights),
                   {times("GroupConvolution(FQ256(x; 0..[2.55,5.1,2.55,5.1,2.55,5.1] -> 0..255):u8, " + weights + ")",
                          "[0.0001,0.0004,0.0003,0.0008,0.0005,0.0012][1,6,1,1]"),
                    "GroupConvolution(FQ256(x; 0..[2.55,5.1,2.55,5.1,2.55,5.1] -> 0..255), "
                    "Multiply(Convert(50:i8[6,1,1,1,1]), [0.0001,0.0004,0.0003,0.0008,0.0005,0.0012][6,1,1,1,1]))"});
  check_conversion(
      convolved(fake_quantized("a", "x = Parameter : f32[1,6,4,4]", 256, {"-1.28", "1.27"}) +
                fake_quantized("w", filled("v", ".5", "f32", "6,1,1,1,1"), 255, {"-1.27", "1.27"})),
      {times("GroupConvolution(FQ256(x; -1.28..1.27 -> -128..127):i8, " + weights + ")", "0.0001"),
       "GroupConvolution(FQ256(x; -1.28..1.27 -> -128..127), Multiply(Convert(50:i8[6,1,1,1,1]), 0.0001))", "gpu"});
  check_conversion(convolved("a = Parameter : f32[1,6,4,4]\n" + kChannelWeights),
                   {"GroupConvolution(a, Multiply(Convert(50:i8[6,1,1,1,1]), "
                    "[0.01,0.02,0.03,0.04,0.05,0.06][6,1,1,1,1]))",
                    "unchanged"});
}

// OpenVINO throws on one value for several outputs of a group.
TEST_CASE("GroupConvolution: on a real edge a scale for each group is one for each of its outputs") {
  const auto text = [](RangeText range) {
    return convolved(fake_quantized("a", "x = Parameter : f32[1,6,4,4]", 256, range) +
                     dequantized("w", filled("v", "2", "i8", "3,2,2,1,1"), "scale=[.5,.25,.125]@0"));
  };
  const auto formula = [&](RangeText range) { return Converted(text(range), Dialect::openvino).formula(); };
  CHECK(formula({"0", "127.5"}) ==
        "GroupConvolution(FQ256(x; 0..127.5 -> 0..255), Multiply(Convert(2:i8[3,2,2,1,1]), "
        "[0.25,0.25,0.125,0.125,0.0625,0.0625][3,2,1,1,1]))");
  CHECK(formula({".125", "1"}) ==
        "GroupConvolution(FQ256(x; 0.125..1 -> 0.125..1), Multiply(Convert(2:i8[3,2,2,1,1]), "
        "[0.5,0.5,0.25,0.25,0.125,0.125][3,2,1,1,1]))");
}
