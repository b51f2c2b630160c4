#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fuse_quantize_dequantize";

struct Pair {
  std::string low, high;
  std::string type = "u8";
  std::string shape = "";  ///< of the range
  int levels = 256;
};

/// A FakeQuantize of x to integers, `q`, and `y`, which dequantizes them; without steps in between it is `q`.
std::string spelled_out(const Pair& pair, std::string_view dequantization) {
  return fake_quantized("q", "x = Parameter : f32[1,2,2,2]", pair.levels, {"0", "2.55"},
                        {pair.low, pair.high, pair.shape}) +
         fmt::format("c = Convert(q) : {}[1,2,2,2]\ny = Dequantize(c) {} : f32[1,2,2,2]\nr = Result(y)\n", pair.type,
                     dequantization);
}

void check(const Pair& pair, std::string_view dequantization, RangeText after) {
  const auto expected = fmt::format(
      "x = Parameter : f32[1,2,2,2]\nq_il = Const value=0 : f32[]\nq_ih = Const value=2.55 : f32[]\n\"y/output_low\" = "
      "Const value={0} : f32[{2}]\n\"y/output_high\" = Const value={1} : f32[{2}]\ny = FakeQuantize(x, q_il, q_ih, "
      "\"y/output_low\", \"y/output_high\") levels={3} : f32[1,2,2,2]\nr = Result(y)\n",
      after.low, after.high, after.shape, pair.levels);
  check_rewrite(kPass, spelled_out(pair, dequantization), expected, 1, 1e-6);
}

}  // namespace

TEST_CASE("fuse_quantize_dequantize: the range is what its ends are dequantized to") {
  check({"0", "255"}, "scale=.5", {"0", "127.5"});
  check({"0", "255"}, "scale=.5 zero_point=128", {"-64", "63.5"});
  check({"-128", "127", "i8"}, "scale=.25 zero_point=-28", {"-25", "38.75"});
  check({"0", "255"}, "scale=[.5,.25]@1 zero_point=[0,2]@1", {"[0,-.5]", "[127.5,63.25]", "1,2,1,1"});
  check({"255", "0"}, "scale=.5", {"127.5", "0"});
  check({"0", "15", "u8", "", 16}, "scale=.5", {"0", "7.5"});
}

TEST_CASE("fuse_quantize_dequantize: what the Convert would change stays") {
  const auto reason = "its steps are not integers of u8, which the Convert behind it cuts them to";
  check_refused(kPass, spelled_out({"0", "127.5"}, "scale=.5"), reason);
  check_refused(kPass, spelled_out({".5", "255.5"}, "scale=.5"), reason);
  check_refused(kPass, spelled_out({"-1", "254"}, "scale=.5"), reason);
  check_refused(kPass, spelled_out({"1", "256"}, "scale=.5"), reason);
  check_refused(kPass, spelled_out({"0", "255", "i8"}, "scale=.5"),
                "its steps are not integers of i8, which the Convert behind it cuts them to");
  CHECK(Converted(spelled_out({"0", "127.5"}, "scale=.5"), Dialect::openvino).first_refusal(kPass).cause() ==
        Cause::range_not_integers);
}

TEST_CASE("fuse_quantize_dequantize: a range that is computed stays") {
  check_refused(kPass, R"(
    x = Parameter              : f32[2]
    l = Const value=0          : f32[]
    h = Parameter              : f32[]
    q = FakeQuantize(x, l, h, l, h) levels=256 : f32[2]
    c = Convert(q)             : u8[2]
    y = Dequantize(c) scale=.5 : f32[2]
    r = Result(y)
  )",
                "input_high is not a constant");
}

// 255 times 0.0999755859375.
TEST_CASE("fuse_quantize_dequantize: halves that do not hold the new range stay") {
  const auto text = [](std::string_view scale) {
    return fmt::format(R"(
    x = Parameter              : f16[2]
    l = Const value=0          : f16[]
    h = Const value=25.5       : f16[]
    o = Const value=255        : f16[]
    q = FakeQuantize(x, l, h, l, o) levels=256 : f16[2]
    c = Convert(q)             : u8[2]
    y = Dequantize(c) scale={} : f16[2]
    r = Result(y)
  )",
                       scale);
  };
  check_refused(kPass, text(".1"), "its ends, 0 and 25.493774, would be rounded in f16", Cause::half_precision_steps);
  CHECK(Converted(text(".5"), Dialect::openvino).formula() == "Convert(FQ256(Convert(x); 0..25.5 -> 0..127.5)):f16");
}

TEST_CASE("fuse_quantize_dequantize: integers that others read as well stay") {
  check_no_match(kPass, spelled_out({"0", "255"}, "scale=.5") + "s = Result(c)\n");
  check_no_match(kPass, spelled_out({"0", "255"}, "scale=.5") + "s = Result(q)\n");
}

// The FakeQuantize goes above the Concat with its dequantization, and AvgPool gives real numbers.
TEST_CASE("Quantize and dequantize: behind a Concat, in front of an AvgPool") {
  const auto text = "x = Parameter : f32[1,1,4,4]\nz = Parameter : f32[1,1,4,4]\n" +
                    fake_quantized("q", "c = Concat(x, z) axis=1 : f32[1,2,4,4]", 256, {"0", "2.55"}, {"0", "255"}) +
                    "b = Convert(q) : u8[1,2,4,4]\na = Dequantize(b) scale=.01 zero_point=8 : f32[1,2,4,4]\np = "
                    "AvgPool(a) kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] exclude-pad=true "
                    "auto_pad=explicit rounding_type=floor : f32[1,2,2,2]\nk = Const value=3 : f32[]\ny = Add(p, k) : "
                    "f32[1,2,2,2]\nr = Result(y)\n";
  constexpr double kRoundedAverage = 0.01;
  check_conversion(
      text, {"Multiply(Subtract(Convert(AvgPool(Concat(FQ256(x; 0..2.55 -> 0..255):u8, FQ256(z; 0..2.55 -> "
             "0..255):u8):u8):u8), -292), 0.01)",
             "Add(AvgPool(Concat(FQ256(x; 0..2.55 -> -0.08..2.47), FQ256(z; 0..2.55 -> -0.08..2.47))), 3)", "cpu",
             kRoundedAverage});
}

namespace {

/// In front of a Convolution by weights of 2, which are stored as 2 of 0.01.
std::string convolved(const std::string& data) {
  return data + dequantized("w", filled("v", "2", "i8", "1,2,1,1"), "scale=.01") +
         "z = Convolution(y, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
         "f32[1,1,2,2]\ns = Result(z)\n";
}

std::string quantized_to(std::string_view type, RangeText in, RangeText integers, std::string_view dequantization) {
  return fake_quantized("q", "x = Parameter : f32[1,2,2,2]", 256, in, integers) +
         fmt::format("c = Convert(q) : {}[1,2,2,2]\ny = Dequantize(c) {} : f32[1,2,2,2]\n", type, dequantization);
}

}  // namespace

// Rows X1 to X6: the integers stay what they are in the model if the target takes them.
TEST_CASE("Quantize and dequantize: the type of the model, if the target takes it") {
  const auto symmetric_u8 = convolved(quantized_to("u8", {"-1.28", "1.27"}, {"0", "255"}, "scale=.01 zero_point=128"));
  const auto symmetric_i8 = convolved(quantized_to("i8", {"-1.28", "1.27"}, {"-128", "127"}, "scale=.01"));
  const auto unsigned_i8 = convolved(quantized_to("i8", {"0", "2.55"}, {"-128", "127"}, "scale=.01 zero_point=-128"));
  const std::string weights = "2:i8[1,2,1,1]), 0.0001)";
  // On real edges steps lie around the real zero, whatever the type.
  const auto *real_unsigned = "Convolution(FQ256(x; 0..2.55 -> 0..255), Multiply(Convert(2:i8[1,2,1,1]), 0.0001))",
             *real_symmetric =
                 "Convolution(FQ256(x; -1.28..1.27 -> -128..127), Multiply(Convert(2:i8[1,2,1,1]), 0.0001))";
  const auto u8_with_zero_point =
      "Multiply(Convolution(Subtract(FQ256(x; -1.28..1.27 -> 0..255):u8, 128:u8[1,2,1,1]), " + weights;
  check_conversion(convolved(quantized_to("u8", {"0", "2.55"}, {"0", "255"}, "scale=.01")),
                   {"Multiply(Convolution(FQ256(x; 0..2.55 -> 0..255):u8, " + weights, real_unsigned, "gpu"});
  check_conversion(symmetric_u8, {u8_with_zero_point, real_symmetric, "gpu"});
  check_conversion(symmetric_u8, {u8_with_zero_point, real_symmetric});
  check_conversion(symmetric_i8,
                   {"Multiply(Convolution(FQ256(x; -1.28..1.27 -> -128..127):i8, " + weights, real_symmetric, "gpu"});
  check_conversion(symmetric_i8, {u8_with_zero_point, real_symmetric});
  check_conversion(unsigned_i8,
                   {"Multiply(Convolution(Subtract(FQ256(x; 0..2.55 -> -128..127):i8, -128:i8[1,2,1,1]), " + weights,
                    real_unsigned, "gpu"});
  check_conversion(unsigned_i8, {"Multiply(Convolution(FQ256(x; 0..2.55 -> 0..255):u8, " + weights, real_unsigned});
}

TEST_CASE("fuse_quantize_dequantize: a range that would not be finite stays") {
  check_refused(kPass, spelled_out({"0", "255"}, "scale=1e38"), "its range would not be finite",
                Cause::range_not_usable);
  check_refused(kPass, spelled_out({"-128", "127", "i8"}, "scale=1e38"), "its range would not be finite",
                Cause::range_not_usable);
}

// In real units the runtime would move the scale behind NormalizeL2, and leave eps as it is.
TEST_CASE("fuse_quantize_dequantize: a zero point that keeps a scale in front of an eps stays") {
  const auto normalized = [](const Pair& pair, std::string_view dequantization) {
    return spelled_out(pair, dequantization) +
           "a = Const value=[1] : i64[1]\nn = NormalizeL2(y, a) eps=0.001 eps_mode=add : f32[1,2,2,2]\ns = Result(n)\n";
  };
  const auto check = [&](const Pair& pair, std::string_view dequantization, const std::string& reason) {
    CHECK(Converted(normalized(pair, dequantization), Dialect::openvino).refusal(kPass) == reason);
  };
  const auto fact = fact_text("epsilon_of_scaled_data");
  check({"-128", "127", "i8"}, "scale=.01 zero_point=-128", fact);
  check({"0", "255"}, "scale=.01 zero_point=128", fact);
  check({"0", "255"}, "scale=.01 zero_point=100", "");
  check({"0", "255"}, "scale=.01", "");
}
