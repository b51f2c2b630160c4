#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_concat";

struct Input {
  std::string zero_point, scale;
};

void check(const Input& a, const Input& b, std::string_view after, int axis = 1) {
  const auto dequantize = [](const char* name, const char* data, const Input& input) {
    return fmt::format("{} = Dequantize({}) scale={}{} : f32[1,3,4,4]\n", name, data, input.scale,
                       input.zero_point.empty() ? "" : " zero_point=" + input.zero_point);
  };
  const std::string begin = "x = Parameter : u8[1,3,4,4]\ny = Parameter : u8[1,3,4,4]\n";
  check_rewrite(kPass,
                begin + dequantize("a", "x", a) + dequantize("b", "y", b) +
                    fmt::format("c = Concat(a, b) axis={} : f32[1,6,4,4]\nr = Result(c)\n", axis),
                begin + fmt::format("c_original = Concat(x, y) axis={} : u8[1,6,4,4]\nc = Dequantize(c_original) {} : "
                                    "f32[1,6,4,4]\nr = Result(c)\n",
                                    axis, after));
}

}  // namespace

TEST_CASE("propagate_concat: equal parameters stay one, others stand side by side") {
  check({"128", ".1"}, {"128", ".1"}, "scale=.1 zero_point=128");
  check({"127", ".1"}, {"128", ".2"}, "scale=[.1,.1,.1,.2,.2,.2]@1 zero_point=[127,127,127,128,128,128]@1");
  check({"128", ".1"}, {"", ".2"}, "scale=[.1,.1,.1,.2,.2,.2]@1 zero_point=[128,128,128,0,0,0]@1");
  check({"128", ".2"}, {"128", "1"}, "scale=[.2,.2,.2,1,1,1]@1 zero_point=128");
  check({"", "[.1,.2,.3]@1"}, {"", ".5"}, "scale=[.1,.2,.3,.5,.5,.5]@1");
  check({"", "[1,2,3]@1"}, {"", "[4,5,6]@1"}, "scale=[1,2,3,4,5,6]@1", -3);
}

TEST_CASE("propagate_concat: along another axis the parameters follow that one") {
  const char* text = R"(
    x = Parameter                          : u8[2]
    y = Parameter                          : u8[1]
    z = Parameter                          : u8[3]
    a = Dequantize(x) scale=.1 zero_point=126 : f32[2]
    b = Dequantize(y) scale=.2 zero_point=127 : f32[1]
    c = Dequantize(z) scale=.3 zero_point=128 : f32[3]
    d = Concat(a, b, c) axis=0             : f32[6]
    r = Result(d)
  )";
  check_rewrite(kPass, text, R"(
    x = Parameter                          : u8[2]
    y = Parameter                          : u8[1]
    z = Parameter                          : u8[3]
    d_original = Concat(x, y, z) axis=0    : u8[6]
    d = Dequantize(d_original) scale=[.1,.1,.2,.3,.3,.3]@0 zero_point=[126,126,127,128,128,128]@0 : f32[6]
    r = Result(d)
  )");
}

TEST_CASE("propagate_concat: an axis whose length is not known needs equal parameters") {
  const auto text = [](const char* scale, const char* out) {
    return fmt::format(
        "x = Parameter : u8[1,?,4]\ny = Parameter : u8[1,?,4]\na = Dequantize(x) scale=.1 zero_point=128 : f32[1,?,4]\n"
        "b = Dequantize(y) scale={} zero_point=128 : f32[1,?,4]\nc = Concat(a, b) axis=1 : f32[1,?,4]\nr = "
        "Result(c)\n{}",
        scale, out);
  };
  check_rewrite(kPass, text(".1", ""), R"(
    x = Parameter                       : u8[1,?,4]
    y = Parameter                       : u8[1,?,4]
    c_original = Concat(x, y) axis=1    : u8[1,?,4]
    c = Dequantize(c_original) scale=.1 zero_point=128 : f32[1,?,4]
    r = Result(c)
  )");
  check_refused(kPass, text(".2", ""), "the scales of its inputs do not lie along axis 1");
}

TEST_CASE("propagate_concat: every input has to be quantized, and in one type") {
  const auto text = [](const char* b) {
    return fmt::format(
        "x = Parameter : u8[1,3,4]\na = Dequantize(x) scale=.1 : f32[1,3,4]\n{}\nc = Concat(a, b) axis=1 : "
        "f32[1,6,4]\nr = Result(c)\n",
        b);
  };
  check_refused(kPass, text("b = Parameter : f32[1,3,4]"), "1 of its 2 inputs are not quantized",
                Cause::input_not_quantized);
  check_refused(kPass, text("y = Parameter : i8[1,3,4]\nb = Dequantize(y) scale=.1 : f32[1,3,4]"),
                "its inputs are of types u8 and i8", Cause::inputs_of_different_types);
  check_refused(kPass,
                "x = Parameter : u8[1,3,4]\na = Dequantize(x) scale=[1,2,3]@1 : f32[1,3,4]\nc = Concat(a, a) axis=2 : "
                "f32[1,3,8]\nr = Result(c)\n",
                "the scales of its inputs do not lie along axis 2");
}

TEST_CASE("propagate_concat: inputs whose rank is not known, or that are sums of products") {
  check_refused(kPass, R"(
    x = Parameter               : u8[...]
    a = Dequantize(x) scale=.1  : f32[...]
    c = Concat(a, a) axis=1     : f32[?,?,?]
    r = Result(c)
  )",
                "the rank of input 0 is not known", Cause::rank_unknown);
  const std::string layers = dequantized("a", "x = Parameter : u8[1,3,4,4]", "scale=.1") +
                             dequantized("w", filled("v", "2", "i8", "2,3,1,1"), "scale=.01") +
                             "y = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
                             "auto_pad=explicit : f32[1,2,4,4]\n"
                             "c = Concat(y, y) axis=1 : f32[1,4,4,4]\nr = Result(c)\n";
  check_conversion_refused(kPass, layers, Dialect::type_relaxed, "input 0 is not of integers",
                           Cause::input_of_other_type);
}

TEST_CASE("propagate_concat: constants of integers join in") {
  check_rewrite(kPass, R"(
    x = Parameter                            : u8[1,3,2]
    k = Const value=[5,5,5,5]                : u8[1,2,2]
    a = Dequantize(x) scale=.1 zero_point=10 : f32[1,3,2]
    b = Dequantize(k) scale=.3 zero_point=12 : f32[1,2,2]
    c = Concat(a, b) axis=1                  : f32[1,5,2]
    r = Result(c)
  )",
                R"(
    x = Parameter                            : u8[1,3,2]
    k = Const value=[5,5,5,5]                : u8[1,2,2]
    c_original = Concat(x, k) axis=1         : u8[1,5,2]
    c = Dequantize(c_original) scale=[.1,.1,.1,.3,.3]@1 zero_point=[10,10,10,12,12]@1 : f32[1,5,2]
    r = Result(c)
  )");
}

namespace {

std::string joined(const std::string& lines, std::string_view out = "1,6,4,4", std::string_view type = "f32") {
  return lines + fmt::format("y = Concat(a, b) axis=1 : {}[{}]\nr = Result(y)\n", type, out);
}
std::string integers(std::string_view name, std::string_view data, std::string_view dequantization,
                     std::string_view shape = "1,3,4,4", std::string_view type = "u8") {
  return dequantized(name, fmt::format("{} = Parameter : {}[{}]", data, type, shape), dequantization);
}
/// With a zero point that is stored as an integer.
std::string with_stored_zero_point(std::string_view name, std::string_view data, int zero_point) {
  return fmt::format(
      "{0} = Parameter : u8[1,3,4,4]\n{1}_i = Const value={2} : u8[]\n{1}_z = Convert({1}_i) : f32[]\n{1}_s = Const "
      "value=.01 : f32[]\n{1}_c = Convert({0}) : f32[1,3,4,4]\n{1}_d = Subtract({1}_c, {1}_z) : f32[1,3,4,4]\n{1} = "
      "Multiply({1}_d, {1}_s) : f32[1,3,4,4]\n",
      data, name, zero_point);
}
std::string quantized(std::string_view name, std::string_view data, RangeText range, int levels = 256) {
  return fake_quantized(name, fmt::format("{} = Parameter : f32[1,3,4,4]", data), levels, range);
}
/// A Convolution of the joined channels by weights of 2, which are stored as 2 of 0.01.
std::string convolved(const std::string& lines) {
  return lines + "c = Concat(a, b) axis=1 : f32[1,6,4,4]\n" +
         dequantized("w", filled("v", "2", "i8", "2,6,1,1"), "scale=.01") +
         "y = Convolution(c, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
         "f32[1,2,4,4]\nr = Result(y)\n";
}

}  // namespace

// Rows CC05 to CC09.
TEST_CASE("Concat: zero points that are stored as integers") {
  check_conversion(
      joined(with_stored_zero_point("a", "x", 128) + with_stored_zero_point("b", "z", 127)),
      {"Multiply(Subtract(Convert(Concat(x, z):u8), [128,128,128,127,127,127][1,6,1,1]), 0.01)",
       "Multiply(Subtract(Convert(Concat(x, z):u8), Convert([128,128,128,127,127,127]:u8[1,6,1,1])), 0.01)"});
  check_conversion(joined(integers("a", "x", "scale=.01") + with_stored_zero_point("b", "z", 127)),
                   {"Multiply(Subtract(Convert(Concat(x, z):u8), [0,0,0,127,127,127][1,6,1,1]), 0.01)",
                    "Multiply(Subtract(Convert(Concat(x, z):u8), Convert([0,0,0,127,127,127]:u8[1,6,1,1])), 0.01)"});
  check_conversion(
      joined(integers("a", "x", "scale=.01 zero_point=127") + with_stored_zero_point("b", "z", 127)),
      {"Multiply(Subtract(Concat(x, z):u8, 127), 0.01)", "Multiply(Subtract(Convert(Concat(x, z):u8), 127), 0.01)"});
}

TEST_CASE("Concat: inputs of different types stay apart") {
  check_conversion(joined(integers("a", "x", "scale=.1") + integers("b", "z", "scale=.1", "1,3,4,4", "i8")),
                   {"Concat(Multiply(x, 0.1), Multiply(z, 0.1))", "unchanged"});
  check_conversion(joined(integers("a", "x", "scale=.1") + "b = Parameter : f32[1,3,4,4]\n"),
                   {"Concat(Multiply(x, 0.1), b)", "unchanged"});
}

// Rows CC16 to CC18.
TEST_CASE("Concat: a number of channels that is not known leaves room for one scale only") {
  const auto unknown = [](std::string_view name, std::string_view data, std::string_view dequantization) {
    return integers(name, data, dequantization, "1,?,4,4");
  };
  check_conversion(
      joined(unknown("a", "x", "scale=.1 zero_point=128") + unknown("b", "z", "scale=.1 zero_point=128"), "1,?,4,4"),
      {"Multiply(Subtract(Concat(x, z):u8, 128), 0.1)", "Multiply(Subtract(Convert(Concat(x, z):u8), 128), 0.1)"});
  check_conversion(
      joined(unknown("a", "x", "scale=.1 zero_point=128") + unknown("b", "z", "scale=.2 zero_point=128"), "1,?,4,4"),
      {"Concat(Multiply(Subtract(x, 128), 0.1), Multiply(Subtract(z, 128), 0.2))", "unchanged"});
  check_conversion(
      joined(unknown("a", "x", "scale=.1 zero_point=128") + integers("b", "z", "scale=[.1,.2,.3]@1"), "1,?,4,4"),
      {"Concat(Multiply(Subtract(x, 128), 0.1), Multiply(z, [0.1,0.2,0.3][1,3,1,1]))", "unchanged"});
}

// Row CC21.
TEST_CASE("Concat: half-precision scales") {
  const auto half = [](std::string_view name, std::string_view data, std::string_view zero_point,
                       std::string_view scale) {
    return fmt::format(
        "{1} = Parameter : u8[1,3,4,4]\n{0}_c = Convert({1}) : f16[1,3,4,4]\n{0}_z = Const value={2} : f16[]\n{0}_s = "
        "Const value={3} : f16[]\n{0}_d = Subtract({0}_c, {0}_z) : f16[1,3,4,4]\n{0} = Multiply({0}_d, {0}_s) : "
        "f16[1,3,4,4]\n",
        name, data, zero_point, scale);
  };
  check_conversion(joined(half("a", "x", "3", ".125") + half("b", "z", "5", ".25"), "1,6,4,4", "f16"),
                   {"Convert(Multiply(Subtract(Concat(x, z):u8, [3,3,3,5,5,5][1,6,1,1]), "
                    "[0.125,0.125,0.125,0.25,0.25,0.25][1,6,1,1])):f16",
                    "Convert(Multiply(Subtract(Convert(Concat(x, z):u8), [3,3,3,5,5,5][1,6,1,1]), "
                    "[0.125,0.125,0.125,0.25,0.25,0.25][1,6,1,1])):f16"});
}

// Rows CC22 to CC25, CC29, CC30.
TEST_CASE("Concat: each FakeQuantize keeps its range where a scale for each channel will do") {
  check_conversion(joined(quantized("a", "x", {"0", "2550"}) + quantized("b", "z", {"0", ".1"})),
                   {"Multiply(Concat(FQ256(x; 0..2550 -> 0..255):u8, FQ256(z; 0..0.1 -> 0..255):u8):u8, "
                    "[10,10,10,0.000392157,0.000392157,0.000392157][1,6,1,1])",
                    "unchanged"});
  check_conversion(joined(quantized("a", "x", {"0", "2.55"}) + quantized("b", "z", {"-1.28", "1.27"})),
                   {"Multiply(Subtract(Concat(FQ256(x; 0..2.55 -> 0..255):u8, FQ256(z; -1.28..1.27 -> 0..255):u8):u8, "
                    "[0,0,0,128,128,128][1,6,1,1]), 0.01)",
                    "unchanged"});
  check_conversion(joined(quantized("a", "x", {"-1.28", "1.27"}) + quantized("b", "z", {"0", "2.55"})),
                   {"Multiply(Subtract(Concat(FQ256(x; -1.28..1.27 -> -128..127):i8, FQ256(z; 0..2.55 -> "
                    "-128..127):i8):i8, [0,0,0,-128,-128,-128][1,6,1,1]), 0.01)",
                    "unchanged"});
  check_conversion(joined(quantized("a", "x", {"0", "2.55"}) + quantized("b", "z", {"1.275", "2.55"})),
                   {"Multiply(Subtract(Convert(Concat(FQ256(x; 0..2.55 -> 0..255):u8, FQ256(z; 1.275..2.55 -> "
                    "0..255):u8):u8), [0,0,0,-255,-255,-255][1,6,1,1]), [0.01,0.01,0.01,0.005,0.005,0.005][1,6,1,1])",
                    "unchanged"});
  check_conversion(joined(quantized("a", "x", {"0", "1.5"}, 16) + quantized("b", "z", {"0", "2.55"})),
                   {"Multiply(Concat(FQ16(x; 0..1.5 -> 0..15):u8, FQ256(z; 0..2.55 -> 0..255):u8):u8, "
                    "[0.1,0.1,0.1,0.01,0.01,0.01][1,6,1,1])",
                    "unchanged"});
  const auto channels = [](std::string_view name, std::string_view data, std::string_view high,
                           std::string_view high_out) {
    return fake_quantized(name, fmt::format("{} = Parameter : f32[1,3,4,4]", data), 256, {"0", high},
                          {"[0,0,0]", high_out, "1,3,1,1"});
  };
  check_conversion(
      joined(channels("a", "x", "2.55", "[2.55,1.275,.85]") + channels("b", "z", "1.275", "[1.275,.6375,.425]")),
      {"Multiply(Concat(FQ256(x; 0..2.55 -> 0..255):u8, FQ256(z; 0..1.275 -> 0..255):u8):u8, "
       "[0.01,0.005,0.00333333,0.005,0.0025,0.00166667][1,6,1,1])",
       "unchanged"});
}

// Rows CC26 to CC29. Levels of one range, stretched over the wider one, differ by up to half a step.
TEST_CASE("Concat: a reader that takes one scale gets one interval") {
  constexpr double kHalfStep = 0.02;
  check_conversion(convolved(quantized("a", "x", {"0", "2.55"}) + quantized("b", "z", {"0", "1.275"})),
                   {"Multiply(Convolution(Concat(FQ256(x; 0..2.55 -> 0..255):u8, FQ129(z; 0..1.275 -> 0..128):u8):u8, "
                    "2:i8[2,6,1,1]), 0.0001)",
                    "unchanged", "cpu", kHalfStep});
  check_conversion(convolved(quantized("a", "x", {"-1.28", "1.27"}) + quantized("b", "z", {"0", "2.55"})),
                   {"Multiply(Convolution(Subtract(Concat(FQ171(x; -1.28..1.27 -> 0..170):u8, FQ171(z; 0..2.55 -> "
                    "85..255):u8):u8, 85:u8[1,6,1,1]), 2:i8[2,6,1,1]), 0.000150196)",
                    "unchanged", "cpu", kHalfStep});
  check_conversion(
      convolved(quantized("a", "x", {"0", "2.55"}) + "b = Parameter : f32[1,3,4,4]\n"),
      {"Convolution(Concat(FQ256(x; 0..2.55 -> 0..2.55), b), Multiply(Convert(2:i8[2,6,1,1]), 0.01))", "unchanged"});
  check_conversion(convolved(quantized("a", "x", {"0", "1.5"}, 16) + quantized("b", "z", {"0", "2.55"})),
                   {"Convolution(Concat(FQ16(x; 0..1.5 -> 0..1.5), FQ256(z; 0..2.55 -> 0..2.55)), "
                    "Multiply(Convert(2:i8[2,6,1,1]), 0.01))",
                    "unchanged"});
}

// OpenVINO runs Multiply -> ReLU -> FakeQuantize on data of unknown lengths with the scale of the first channel for
// all.
TEST_CASE("Concat: scales for each channel do not go in front of what OpenVINO would get wrong") {
  const auto text = [](std::string_view height) {
    const auto input = [&](std::string_view name, std::string_view data, std::string_view high) {
      return fake_quantized(name, fmt::format("{} = Parameter : f32[1,3,{},4]", data, height), 256, {"0", high});
    };
    return input("a", "x", "2.55") + input("b", "z", "5.1") +
           fake_quantized("q",
                          fmt::format("c = Concat(a, b) axis=1 : f32[1,6,{0},4]\nd = ReLU(c) : f32[1,6,{0},4]", height),
                          256, {"0", "2"}) +
           "r = Result(q)\n" + dequantized("w", filled("v", "2", "i8", "6,1,1,1,1"), "scale=.01") +
           fmt::format(
               "k = GroupConvolution(c, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
               "auto_pad=explicit : f32[1,6,{},4]\nl = Result(k)\n",
               height);
  };
  CHECK(Converted(text("?"), Dialect::openvino).refusal("propagate_concat") ==
        fact_text("channel_factors_on_unknown_lengths"));
  CHECK(Converted(text("4"), Dialect::openvino).refusal("propagate_concat").empty());
}

// Law: concat(s_i * x_i) == concat(s_i) * concat(x_i). A depthwise Convolution takes a scale for each channel.
TEST_CASE("Concat: on a real edge the scales side by side go to the weights") {
  check_conversion(
      quantized("a", "x", {"0", "2.55"}) + quantized("b", "z", {"0", "5.1"}) +
          "c = Concat(a, b) axis=1 : f32[1,6,4,4]\n" +
          dequantized("w", filled("v", "2", "i8", "6,1,1,1,1"), "scale=.01") +
          "y = GroupConvolution(c, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit "
          ": "
          "f32[1,6,4,4]\nr = Result(y)\n",
      {"Multiply(GroupConvolution(Concat(FQ256(x; 0..2.55 -> 0..255):u8, FQ256(z; 0..5.1 -> 0..255):u8):u8, "
       "2:i8[6,1,1,1,1]), [0.0001,0.0001,0.0001,0.0002,0.0002,0.0002][1,6,1,1])",
       "GroupConvolution(Concat(FQ256(x; 0..2.55 -> 0..255), FQ256(z; 0..5.1 -> 0..255)), "
       "Multiply(Convert(2:i8[6,1,1,1,1]), [0.0001,0.0001,0.0001,0.0002,0.0002,0.0002][6,1,1,1,1]))"});
}
