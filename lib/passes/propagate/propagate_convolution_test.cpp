#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "testing/check_weighted.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_convolution";

WeightedLayer layer(std::string activations, std::string weights) {
  return {kPass,
          "Convolution",
          "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit",
          "1,3,4,4",
          "2,3,1,1",
          "1,2,4,4",
          std::move(activations),
          std::move(weights)};
}

}  // namespace

// a*b_i for each output channel i; rows CV.. of the specification of weighted operations.
TEST_CASE("propagate_convolution: the scales meet behind the operation") {
  check_weighted(layer("scale=.02", "scale=.01"), "0.0002", "");
  check_weighted(layer("scale=.1", "scale=[.01,.02]@0"), "[0.001,0.002]", "1,2,1,1");
  check_weighted(layer("scale=.1", "scale=[.01,.01]@0"), "0.001", "");
  check_weighted(layer("scale=[.02,.02,.02]@1", "scale=.01"), "0.0002", "");
  auto bytes = layer("scale=.1", "scale=.01");
  bytes.weights_type = "u8";
  check_weighted(bytes, "0.001", "");
}

TEST_CASE("propagate_convolution: zero points stay in front, one for each channel") {
  check_weighted(layer("scale=.02 zero_point=128", "scale=.01"), "0.0002", "", {"[128,128,128]", "1,3,1,1"});
  check_weighted(layer("scale=.02 zero_point=[128,0,128]@1", "scale=.01"), "0.0002", "", {"[128,0,128]", "1,3,1,1"});
  check_weighted(layer("scale=.02 zero_point=.3", "scale=.01"), "0.0002", "", {"[.3,.3,.3]", "1,3,1,1"});
  check_weighted(layer("scale=.1", "scale=[.01,.02]@0 zero_point=[1,2]@0"), "[0.001,0.002]", "1,2,1,1", {},
                 {"[1,2]", "2,1,1,1"});
  check_weighted(layer("scale=.02 zero_point=127", "scale=.03 zero_point=127"), "0.00059999997", "",
                 {"[127,127,127]", "1,3,1,1"}, {"[127,127]", "2,1,1,1"});
}

TEST_CASE("propagate_convolution: every rank") {
  check_weighted({kPass, "Convolution", "strides=1 dilations=1 pads_begin=0 pads_end=0 auto_pad=explicit", "1,3,8",
                  "2,3,1", "1,2,8", "scale=.1 zero_point=3", "scale=[.01,.02]@0"},
                 "[0.001,0.002]", "1,2,1", {"[3,3,3]", "1,3,1"});
  check_weighted(
      {kPass, "Convolution", "strides=[1,1,1] dilations=[1,1,1] pads_begin=[0,0,0] pads_end=[0,0,0] auto_pad=explicit",
       "1,3,2,2,2", "2,3,1,1,1", "1,2,2,2,2", "scale=.1 zero_point=3", "scale=[.01,.02]@0"},
      "[0.001,0.002]", "1,2,1,1,1", {"[3,3,3]", "1,3,1,1,1"});
}

TEST_CASE("propagate_convolution: what an integer kernel cannot take is refused with a reason") {
  check_weighted_refused(layer("scale=[.02,.01,.03]@1", "scale=.01"), "its activations have a scale for each channel",
                         Cause::activations_per_channel_scale);
  check_weighted_refused(layer("scale=.02 zero_point=1000", "scale=.01"),
                         "its activations: zero point 1000 does not fit u8", Cause::zero_point_off_type);
  check_weighted_refused(layer("scale=.02", "scale=.01 zero_point=1000"),
                         "its weights: zero point 1000 does not fit i8");
  check_weighted_refused(layer("scale=.02", "scale=[.01,.01,.01]@1"),
                         "the scale of its weights, of shape [1,3,1,1], does not lie along the output channels",
                         Cause::weights_scale_off_channels);
  check_refused(kPass, R"(
    x = Parameter                  : u8[1,3,4,4]
    w = Parameter                  : f32[2,3,1,1]
    a = Dequantize(x) scale=.02    : f32[1,3,4,4]
    y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,2,4,4]
    r = Result(y)
  )",
                "its weights are not quantized", Cause::weights_not_quantized);
  check_refused(kPass, R"(
    x = Parameter                  : u8[1,3,4,4]
    v = Parameter                  : i8[2,3,1,1]
    w = Dequantize(v) scale=.01    : f32[2,3,1,1]
    a = Dequantize(x) scale=.02    : f32[1,3,4,4]
    y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,2,4,4]
    r = Result(y)
  )",
                "its weights are no constant", Cause::weights_not_constant);
}

TEST_CASE("propagate_convolution: weights for other channels than the data has are refused") {
  check_refused(kPass, R"(
    x = Parameter                  : u8[1,4,4,4]
    v = Const value=[1,2,3,4,5,6]  : i8[2,3,1,1]
    w = Dequantize(v) scale=.01    : f32[2,3,1,1]
    a = Dequantize(x) scale=.02    : f32[1,4,4,4]
    y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,2,4,4]
    r = Result(y)
  )",
                "its weights are for 3 channels, its data is [1,4,4,4]", Cause::weights_channels_differ);
}

TEST_CASE("propagate_convolution: real activations are none of its business") {
  check_no_match(kPass, R"(
    x = Parameter                  : f32[1,3,4,4]
    v = Const value=[1,2,3,4,5,6]  : i8[2,3,1,1]
    w = Dequantize(v) scale=.01    : f32[2,3,1,1]
    y = Convolution(x, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,2,4,4]
    r = Result(y)
  )");
}

namespace {

constexpr auto kAttributes = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";

/// A Convolution y of `a` and `w`, which the lines declare.
std::string convolved(std::string_view lines, std::string_view out = "1,2,4,4", std::string_view type = "f32") {
  return fmt::format("{}\ny = Convolution(a, w) {} : {}[{}]\nr = Result(y)\n", lines, kAttributes, type, out);
}
std::string bytes(std::string_view dequantization, std::string_view shape = "1,3,4,4") {
  return dequantized("a", fmt::format("x = Parameter : u8[{}]", shape), dequantization);
}
std::string fake_quantized_image(RangeText in, RangeText out) {
  return fake_quantized("a", "x = Parameter : f32[1,3,4,4]", 256, in, out);
}
std::string fake_quantized_image(RangeText range) { return fake_quantized_image(range, range); }
std::string integer_weights(std::string_view dequantization, std::string_view type = "i8") {
  return dequantized("w", filled("v", "2", type, "2,3,1,1"), dequantization);
}
/// Weights of 2, which FakeQuantize stores as -125 of 0.01.
const std::string kWeights =
    fake_quantized("w", filled("v", "2", "f32", "2,3,1,1"), 255, {"0", "254"}, {"-1.27", "1.27"});
std::string half_weights(int levels, RangeText in, RangeText out) {
  return fake_quantized("w", filled("v", ".5", "f32", "2,3,1,1"), levels, in, out);
}
std::string half_weights(int levels, RangeText range) { return half_weights(levels, range, range); }

/// A zero point that is rounded, by up to half a step of the smaller operand.
constexpr double kRounded = 0.03;

}  // namespace

// Rows CV01 to CV19: what stands in front of the activations.
TEST_CASE("Convolution: weights under FakeQuantize and integer activations") {
  check_conversion(convolved(bytes("scale=.02 zero_point=128") + kWeights),
                   {"Multiply(Convolution(Subtract(x, 128:u8[1,3,1,1]), -125:i8[2,3,1,1]), 0.0002)",
                    "Convolution(Multiply(Subtract(Convert(x), 128), 0.02), Multiply(FQ256(Convert(-125:i8[2,3,1,1]); "
                    "-128..127 -> -128..127), 0.01))"});
  check_conversion(convolved(bytes("scale=.02") + kWeights),
                   {"Multiply(Convolution(x, -125:i8[2,3,1,1]), 0.0002)",
                    "Convolution(Multiply(Convert(x), 0.02), Multiply(FQ256(Convert(-125:i8[2,3,1,1]); -128..127 -> "
                    "-128..127), 0.01))"});
  check_conversion(convolved(bytes("scale=[.02,.02,.02]@1 zero_point=[128,128,128]@1") + kWeights),
                   {"Multiply(Convolution(Subtract(x, 128:u8[1,3,1,1]), -125:i8[2,3,1,1]), 0.0002)",
                    "Convolution(Multiply(Subtract(Convert(x), 128[1,3,1,1]), 0.02[1,3,1,1]), "
                    "Multiply(FQ256(Convert(-125:i8[2,3,1,1]); -128..127 -> -128..127), 0.01))"});
  check_conversion(convolved(bytes("scale=.02 zero_point=128", "?,3,?,?") + kWeights, "?,2,?,?"),
                   {"Multiply(Convolution(Subtract(x, 128:u8[1,3,1,1]), -125:i8[2,3,1,1]), 0.0002)",
                    "Convolution(Multiply(Subtract(Convert(x), 128), 0.02), Multiply(FQ256(Convert(-125:i8[2,3,1,1]); "
                    "-128..127 -> -128..127), 0.01))"});
  check_conversion(convolved(bytes("scale=.02 zero_point=.3") + kWeights),
                   {"Multiply(Convolution(x, -125:i8[2,3,1,1]), 0.0002)",
                    "Convolution(Multiply(Subtract(Convert(x), 0.3), 0.02), Multiply(FQ256(Convert(-125:i8[2,3,1,1]); "
                    "-128..127 -> -128..127), 0.01))",
                    "cpu", kRounded});
  check_conversion(convolved(bytes("scale=.02 zero_point=255.4") + kWeights),
                   {"Multiply(Convolution(Subtract(x, 255:u8[1,3,1,1]), -125:i8[2,3,1,1]), 0.0002)",
                    "Convolution(Multiply(Subtract(Convert(x), 255.4), 0.02), "
                    "Multiply(FQ256(Convert(-125:i8[2,3,1,1]); -128..127 -> -128..127), 0.01))",
                    "cpu", kRounded});
  check_conversion(convolved(bytes("scale=.1") + fake_quantized("w", filled("v", "1", "f32", "2,3,1,1"), 255,
                                                                {"0", "254"}, {"-127", "127"})),
                   {"Multiply(Convolution(x, -126:i8[2,3,1,1]), 0.1)",
                    "Convolution(Multiply(Convert(x), 0.1), Multiply(FQ256(Convert(-126:i8[2,3,1,1]); -128..127 -> "
                    "-128..127), 1))"});
}

TEST_CASE("Convolution: activations that no integer kernel takes leave the weights stored as integers") {
  const std::string stored = "Multiply(Convert(-125:i8[2,3,1,1]), 0.01)";
  check_conversion(
      convolved(bytes("scale=[.02,.01,.03]@1 zero_point=[128,0,128]@1") + kWeights),
      {"Convolution(Multiply(Subtract(x, [128,0,128][1,3,1,1]), [0.02,0.01,0.03][1,3,1,1]), " + stored + ")",
       "Convolution(Multiply(Subtract(Convert(x), [128,0,128][1,3,1,1]), [0.02,0.01,0.03][1,3,1,1]), "
       "Multiply(Convert(-125:i8[2,3,1,1]), 0.01))"});
  const std::string real = "x = Parameter : f32[1,3,4,4]\ns = Const value=.02 : f32[]\n";
  check_conversion(convolved(real +
                             "z = Const value=128 : f32[]\nb = Subtract(x, z) : f32[1,3,4,4]\na = Multiply(b, "
                             "s) : f32[1,3,4,4]\n" +
                             kWeights),
                   {"Convolution(Multiply(Subtract(x, 128), 0.02), " + stored + ")",
                    "Convolution(Multiply(Subtract(x, 128), 0.02), Multiply(Convert(-125:i8[2,3,1,1]), 0.01))"});
  check_conversion(convolved(real + "a = Multiply(x, s) : f32[1,3,4,4]\n" + kWeights),
                   {"Convolution(Multiply(x, 0.02), " + stored + ")",
                    "Convolution(Multiply(x, 0.02), Multiply(Convert(-125:i8[2,3,1,1]), 0.01))"});
  check_conversion(convolved("a = Parameter : f32[1,3,4,4]\n" + kWeights),
                   {"Convolution(a, " + stored + ")", "Convolution(a, Multiply(Convert(-125:i8[2,3,1,1]), 0.01))"});
  check_conversion(
      convolved(bytes("scale=.02 zero_point=1000") + kWeights),
      {"Convolution(Multiply(Subtract(x, 1000), 0.02), " + stored + ")",
       "Convolution(Multiply(Subtract(Convert(x), 1000), 0.02), Multiply(Convert(-125:i8[2,3,1,1]), 0.01))"});
}

TEST_CASE("Convolution: integer zero points have the type of what they are taken off") {
  const auto with = [](std::string_view zero_point, std::string_view rest) {
    return fmt::format(
        "x = Parameter : u8[1,3,4,4]\nzi = Const value={}\nz = Convert(zi) : f32[]\ns = Const value=.02 : f32[]\nc = "
        "Convert(x) : f32[1,3,4,4]\nd = Subtract(c, z) : f32[1,3,4,4]\n{}",
        zero_point, rest);
  };
  const std::string scaled = "a = Multiply(d, s) : f32[1,3,4,4]\n";
  check_conversion(convolved(with("127 : i8[]", scaled) + kWeights),
                   {"Convolution(Multiply(Subtract(Convert(x), 127), 0.02), Multiply(Convert(-125:i8[2,3,1,1]), "
                    "0.01))",
                    "Convolution(Multiply(Subtract(Convert(x), Convert(127:i8)), 0.02), "
                    "Multiply(Convert(-125:i8[2,3,1,1]), 0.01))"});
  const auto stored = [](std::string_view zero_point) {
    return fmt::format(
        "v = Const value=[2,2,2,2,2,2] : i8[2,3,1,1]\nwzi = Const value={}\nwz = Convert(wzi) : f32[]\nws = Const "
        "value=.03 : f32[]\nwc = Convert(v) : f32[2,3,1,1]\nwd = Subtract(wc, wz) : f32[2,3,1,1]\nw = Multiply(wd, ws) "
        ": f32[2,3,1,1]\n",
        zero_point);
  };
  check_conversion(convolved(with("127 : u8[]", scaled) + stored("127 : i8[]")),
                   {"Multiply(Convolution(Subtract(x, 127:u8[1,3,1,1]), Subtract(2:i8[2,3,1,1], 127:i8[2,1,1,1])), "
                    "0.0006)",
                    "unchanged"});
  check_conversion(convolved(with("127 : u8[]", scaled) + integer_weights("scale=.03 zero_point=127")),
                   {"Multiply(Convolution(Subtract(x, 127:u8[1,3,1,1]), Subtract(2:i8[2,3,1,1], 127:i8[2,1,1,1])), "
                    "0.0006)",
                    "unchanged"});
  check_conversion(convolved(with("127 : u8[]", scaled) + integer_weights("scale=.03 zero_point=1000")),
                   {"Convolution(Multiply(Subtract(Convert(x), 127), 0.02), Multiply(Subtract(Convert(2:i8[2,3,1,1]), "
                    "1000), 0.03))",
                    "unchanged"});
  check_conversion(
      convolved(with("5 : u8[]", "a = Convert(d) : f32[1,3,4,4]\n") + kWeights),
      {"Convolution(Convert(Subtract(Convert(x), 5)), Multiply(Convert(-125:i8[2,3,1,1]), 0.01))",
       "Convolution(Convert(Subtract(Convert(x), Convert(5:u8))), Multiply(Convert(-125:i8[2,3,1,1]), 0.01))"});
}

// What a target states is what a FakeQuantize becomes. Integers of the model itself are used as they are.
TEST_CASE("Convolution: signed activations") {
  check_conversion(convolved("x = Parameter : i8[1,3,4,4]\na = Dequantize(x) scale=.1 zero_point=-3 : f32[1,3,4,4]\n" +
                             integer_weights("scale=.1")),
                   {"Multiply(Convolution(Subtract(x, -3:i8[1,3,1,1]), 2:i8[2,3,1,1]), 0.01)", "unchanged"});
  check_conversion(
      convolved(fake_quantized_image({"-1.28", "1.27"}) + kWeights),
      {"Multiply(Convolution(FQ256(x; -1.28..1.27 -> -128..127):i8, -125:i8[2,3,1,1]), 0.0001)",
       "Convolution(FQ256(x; -1.28..1.27 -> -128..127), Multiply(Convert(-125:i8[2,3,1,1]), 0.0001))", "gpu"});
}

// Rows CV20 to CV34: how the weights are stored.
// A zero point that fits the stored values goes into them: 100 - 127.
TEST_CASE("Convolution: weights that a model quantizes to integers itself") {
  check_conversion(
      convolved(bytes("scale=.02 zero_point=127") +
                fake_quantized("q", filled("v", "1", "f32", "2,3,1,1"), 256, {"-1.28", "1.27"}, {"-128", "127"}) +
                "c = Convert(q) : i8[2,3,1,1]\nw = Dequantize(c) scale=.03 zero_point=127 : f32[2,3,1,1]\n"),
      {"Multiply(Convolution(Subtract(x, 127:u8[1,3,1,1]), -27:i8[2,3,1,1]), 0.0006)",
       "Convolution(Multiply(Subtract(Convert(x), 127), 0.02), Multiply(FQ256(Convert(-27:i8[2,3,1,1]); -128..127 -> "
       "-128..127), 0.03))"});
}

// Of OpenVINO's own passes none looks through a Subtract of what a FakeQuantize gives; it is a zero point.
TEST_CASE("Convolution: weights less a constant have it for their zero point") {
  check_conversion(
      convolved(bytes("scale=.1") + "t = Const value=3 : f32[]\n" +
                fake_quantized("q", filled("v", "1", "f32", "2,3,1,1"), 255, {"0", "254"}, {"-127", "127"}) +
                "w = Subtract(q, t) : f32[2,3,1,1]\n"),
      {"Multiply(Convolution(x, Subtract(-126:i8[2,3,1,1], 3:i8[2,1,1,1])), 0.1)",
       "Convolution(Multiply(Convert(x), 0.1), Multiply(Subtract(Convert(-126:i8[2,3,1,1]), 3), 1))"});
}

TEST_CASE(
    "Convolution: weights of levels that no kernel knows, or scaled along other channels, stay as they are stored") {
  check_conversion(convolved(bytes("scale=.1") + half_weights(100, {"-1.27", "1.27"})),
                   {"Convolution(Multiply(x, 0.1), Multiply(Subtract(Convert(19:i8[2,3,1,1]), -0.5), 0.0256566))",
                    "Convolution(Multiply(Convert(x), 0.1), FQ256(Convert(19:i8[2,3,1,1]); -128..127 -> "
                    "-3.27121..3.27121))"});
  check_conversion(convolved(bytes("scale=.1") + half_weights(255, {"-1.27", "1.27"},
                                                              {"[-1.27,-1.27,-1.27]", "[1.27,2.54,3.81]", "1,3,1,1"})),
                   {"Convolution(Multiply(x, 0.1), Multiply(Subtract(Convert(50:i8[2,3,1,1]), "
                    "[0,-42.3333,-63.5][1,3,1,1]), [0.01,0.015,0.02][1,3,1,1]))",
                    "Convolution(Multiply(Convert(x), 0.1), FQ256(Convert(50:i8[2,3,1,1]); -128..127 -> "
                    "[-1.28,-1.285,-1.29]..[1.27,2.54,3.81]))"});
}

TEST_CASE("Convolution: half-precision scales give half precision behind the operation") {
  check_conversion(convolved(R"(
    x = Parameter : u8[1,3,4,4]
    c = Convert(x) : f16[1,3,4,4]
    s = Const value=.02 : f16[]
    a = Multiply(c, s) : f16[1,3,4,4]
    v = Const value=[2,2,2,2,2,2] : i8[2,3,1,1]
    k = Convert(v) : f16[2,3,1,1]
    t = Const value=.03 : f16[]
    w = Multiply(k, t) : f16[2,3,1,1])",
                             "1,2,4,4", "f16"),
                   {"Convert(Multiply(Convolution(x, 2:i8[2,3,1,1]), 0.000600104)):f16", "rewritten", "cpu", 2e-3});
}

TEST_CASE("Convolution: stored weights with scales and zero points for each output channel") {
  const auto q = fake_quantized_image({"0", "2.55"});
  const std::string data = "FQ256(x; 0..2.55 -> 0..255):u8";
  check_conversion(
      convolved(q + integer_weights("scale=[.01,.02]@0")),
      {"Multiply(Convolution(" + data + ", 2:i8[2,3,1,1]), [0.0001,0.0002][1,2,1,1])",
       "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Convert(2:i8[2,3,1,1]), [0.0001,0.0002][2,1,1,1]))"});
  check_conversion(
      convolved(q + integer_weights("scale=[.01,.02]@0 zero_point=[1,2]@0")),
      {"Multiply(Convolution(" + data + ", Subtract(2:i8[2,3,1,1], [1,2]:i8[2,1,1,1])), [0.0001,0.0002][1,2,1,1])",
       "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Convert([1,1,1,0,0,0]:i8[2,3,1,1]), "
       "[0.0001,0.0002][2,1,1,1]))"});
  check_conversion(
      convolved(q + integer_weights("scale=.01 zero_point=2.5")),
      {"Multiply(Convolution(" + data + ", Subtract(2:i8[2,3,1,1], 3:i8[2,1,1,1])), 0.0001)",
       "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Subtract(Convert(2:i8[2,3,1,1]), 2.5), 0.0001))", "cpu", 3});
  check_conversion(convolved(q + integer_weights("scale=.01 zero_point=128", "u8")),
                   {"Multiply(Convolution(" + data + ", Subtract(2:u8[2,3,1,1], 128:u8[2,1,1,1])), 0.0001)",
                    "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Convert(-126:i8[2,3,1,1]), 0.0001))"});
  check_conversion(convolved(q + integer_weights("scale=.01", "u8")),
                   {"Multiply(Convolution(" + data + ", 2:u8[2,3,1,1]), 0.0001)",
                    "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Convert(2:i8[2,3,1,1]), 0.0001))"});
  check_conversion(convolved(q + "w = Const value=[2,2,2,2,2,2] : f32[2,3,1,1]\n"),
                   {"Convolution(FQ256(x; 0..2.55 -> 0..2.55), 2[2,3,1,1])", "unchanged"});
}

// Rows CV37 and CV39: what the activations' FakeQuantize says.
TEST_CASE("Convolution: a range that is not symmetric has a zero point for each channel") {
  check_conversion(
      convolved(fake_quantized_image({"-1", "1.55"}) + kWeights),
      {"Multiply(Convolution(Subtract(FQ256(x; -1..1.55 -> 0..255):u8, 100:u8[1,3,1,1]), -125:i8[2,3,1,1]), 0.0001)",
       "Convolution(FQ256(x; -1..1.55 -> -100..155), Multiply(Convert(-125:i8[2,3,1,1]), 0.0001))"});
  check_conversion(
      convolved(fake_quantized_image({"0", "2.55"}, {"[-1,-1,-1]", "[1.55,1.55,1.55]", "1,3,1,1"}) +
                integer_weights("scale=.01")),
      {"Multiply(Convolution(Subtract(FQ256(x; 0..2.55 -> 0..255):u8, 100:u8[1,3,1,1]), 2:i8[2,3,1,1]), 0.0001)",
       "Convolution(FQ256(x; 0..2.55 -> -100..155), Multiply(Convert(2:i8[2,3,1,1]), 0.0001))"});
}

// Rows CV40 to CV45: what the weights' FakeQuantize says.
TEST_CASE("Convolution: weights get the type of the kernel from any range") {
  const auto with = [](const std::string& w) { return convolved(bytes("scale=.1") + w); };
  check_conversion(with(half_weights(256, {"0", "2.55"})),
                   {"Multiply(Convolution(x, Subtract(-78:i8[2,3,1,1], -128:i8[2,1,1,1])), 0.001)",
                    "Convolution(Multiply(Convert(x), 0.1), Multiply(Convert(50:u8[2,3,1,1]), 0.01))"});
  check_conversion(with(half_weights(256, {"-1", "1.55"})),
                   {"Multiply(Convolution(x, Subtract(22:i8[2,3,1,1], -28:i8[2,1,1,1])), 0.001)",
                    "Convolution(Multiply(Convert(x), 0.1), Multiply(FQ256(Convert(50:i8[2,3,1,1]); -128..127 -> "
                    "-128..127), 0.01))"});
  check_conversion(with(half_weights(255, {"-1", "1.27"})),
                   {"Multiply(Convolution(x, Subtract(41:i8[2,3,1,1], -15:i8[2,1,1,1])), 0.000893701)",
                    "Convolution(Multiply(Convert(x), 0.1), FQ256(Convert(41:i8[2,3,1,1]); -128..127 -> "
                    "-1.00894..1.27))",
                    "cpu", 0.003});
  check_conversion(with(half_weights(255, {"-1.27", "1.27"}, {"[-1.27,-2.54]", "[1.27,2.54]", "2,1,1,1"})),
                   {"Multiply(Convolution(x, 50:i8[2,3,1,1]), [0.001,0.002][1,2,1,1])",
                    "Convolution(Multiply(Convert(x), 0.1), Multiply(FQ256(Convert(50:i8[2,3,1,1]); -128..127 -> "
                    "-128..127), [0.01,0.02][2,1,1,1]))"});
}

// Rows CV49 to CV56: what stands between, and behind.
TEST_CASE("Convolution: weights that are reshaped or transposed are so once and for all") {
  const std::string data = bytes("scale=.1");
  check_conversion(
      convolved(data + "v = Const value=[1,2,3,4,5,6] : i8[2,3]\np = Const value=[2,3,1,1] : i64[4]\nd = "
                       "Dequantize(v) scale=[.1,.2]@0 : f32[2,3]\nw = Reshape(d, p) special_zero=false : "
                       "f32[2,3,1,1]\n"),
      {"Multiply(Convolution(x, [1,2,3,4,5,6]:i8[2,3,1,1]), [0.01,0.02][1,2,1,1])",
       "Convolution(Multiply(Convert(x), 0.1), Multiply(Convert([1,2,3,4,5,6]:i8[2,3,1,1]), [0.1,0.2][2,1,1,1]))"});
  check_conversion(
      convolved(data + "v = Const value=[1,2,3,4,5,6] : i8[3,2,1,1]\np = Const value=[1,0,2,3] : "
                       "i64[4]\nd = Dequantize(v) scale=[.1,.2]@1 : f32[3,2,1,1]\nw = Transpose(d, p) : "
                       "f32[2,3,1,1]\n"),
      {"Multiply(Convolution(x, [1,3,5,2,4,6]:i8[2,3,1,1]), [0.01,0.02][1,2,1,1])",
       "Convolution(Multiply(Convert(x), 0.1), Multiply(Convert([1,3,5,2,4,6]:i8[2,3,1,1]), [0.1,0.2][2,1,1,1]))"});
}

TEST_CASE("Convolution: two that share weights, and a reader that works on real numbers") {
  const std::string both = bytes("scale=.1") +
                           "b = Parameter : u8[1,3,4,4]\nc = Dequantize(b) scale=.2 zero_point=3 : "
                           "f32[1,3,4,4]\n" +
                           kWeights;
  check_conversion(
      convolved(both) + fmt::format("z = Convolution(c, w) {} : f32[1,2,4,4]\ns = Result(z)\n", kAttributes),
      {"Multiply(Convolution(x, -125:i8[2,3,1,1]), 0.001)\n"
       "Multiply(Convolution(Subtract(b, 3:u8[1,3,1,1]), -125:i8[2,3,1,1]), 0.002)",
       "Convolution(Multiply(Convert(x), 0.1), Multiply(FQ256(Convert(-125:i8[2,3,1,1]); -128..127 -> -128..127), "
       "0.01))\nConvolution(Multiply(Subtract(Convert(b), 3), 0.2), Multiply(FQ256(Convert(-125:i8[2,3,1,1]); "
       "-128..127 -> -128..127), 0.01))"});
  check_conversion(
      convolved(bytes("scale=.1") + kWeights) + "z = Sqrt(a) : f32[1,3,4,4]\ns = Result(z)\n",
      {"Multiply(Convolution(x, -125:i8[2,3,1,1]), 0.001)\nSqrt(Multiply(x, 0.1))",
       "Convolution(Multiply(Convert(x), 0.1), Multiply(FQ256(Convert(-125:i8[2,3,1,1]); -128..127 -> -128..127), "
       "0.01))\nSqrt(Multiply(Convert(x), 0.1))"});
}

TEST_CASE("Convolution: what follows takes the scale") {
  check_conversion(bytes("scale=.1") + integer_weights("scale=.01") +
                       fmt::format("m = Convolution(a, w) {} : f32[1,2,4,4]\nf = Const value=[2,3] : f32[1,2,1,1]\ny = "
                                   "Multiply(m, f) : f32[1,2,4,4]\nr = Result(y)\n",
                                   kAttributes),
                   {"Multiply(Convolution(x, 2:i8[2,3,1,1]), [0.002,0.003][1,2,1,1])", "unchanged"});
}

// On a real edge such a range stays as it is, and what is known of it has to say so.
TEST_CASE("Convolution: a range for each channel whose zero lies between two steps makes no integers") {
  const auto text = [](RangeText range) {
    return convolved(fake_quantized_image(range, range) + integer_weights("scale=.01"));
  };
  const auto refusal = [&](RangeText range) {
    return Converted(text(range), Dialect::openvino).refusal("propagate_convolution");
  };
  CHECK(refusal({"[.1,.2,.3]", "[1,2,3]", "1,3,1,1"}) == "its activations have a scale for each channel");
  CHECK(refusal({"[0,0,0]", "[1,2,3]", "1,3,1,1"}) == "its activations have a scale for each channel");
  CHECK(refusal({".1", "1"}).empty());
}

TEST_CASE("Convolution: operands that are no integers with a scale, and levels that no kernel knows") {
  const auto refused = [](const std::string& lines, Dialect dialect, std::string_view reason, Cause code) {
    check_conversion_refused(kPass, convolved(lines), dialect, reason, code);
  };
  const auto relaxed = Dialect::type_relaxed;
  refused(bytes("scale=.1") + integer_weights("scale=.01"), Dialect::openvino,
          "it reads integers, which the openvino dialect leaves to the runtime", Cause::integers_left_to_runtime);
  const std::string stored =
      filled("v", "2", "i8", "2,3,1,1") + "\nc = Convert(v) : f32[2,3,1,1]\nz = Const value=3 : f32[]\n";
  refused(bytes("scale=.1") + stored + "w = Subtract(c, z) : f32[2,3,1,1]\n", relaxed, "its weights have no scale",
          Cause::weights_not_quantized);
  refused(bytes("scale=.1") + filled("v", "2", "f32", "2,3,1,1") +
              "\nz = Const value=3 : f32[]\nw = Multiply(v, z) : f32[2,3,1,1]\n",
          relaxed, "its weights are of type f32", Cause::weights_of_other_type);
  refused(bytes("scale=.1") + half_weights(100, {"-1.27", "1.27"}), relaxed,
          "its weights have levels that no kernel knows, and a zero point that it would round",
          Cause::weights_zero_point);
  refused(dequantized("d", "x = Parameter : u8[1,3,4,4]", "scale=.1") +
              dequantized("k", filled("u", "2", "i8", "3,3,1,1"), "scale=.01") +
              fmt::format("a = Convolution(d, k) {} : f32[1,3,4,4]\n", kAttributes) + integer_weights("scale=.01"),
          relaxed, "its activations are of type f32", Cause::input_of_other_type);
}
