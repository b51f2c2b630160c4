#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "move_fake_quantize_above_concat";

std::string text(std::string_view between, std::string_view data, std::string_view more) {
  return fmt::format(
      "x = Parameter : f32[1,3,2]\ny = Parameter : f32[1,3,2]\nc = Concat(x, y) axis=1 : f32[1,6,2]\n{}low = Const "
      "value=0 : f32[]\nhigh = Const value=2.55 : f32[]\n"
      "f = FakeQuantize({}, low, high, low, high) levels=256 : f32[1,6,2]\nr = Result(f)\n{}",
      between, data, more);
}

}  // namespace

// Rows V.. of the specification of quantization.
TEST_CASE("move_fake_quantize_above_concat: every input of the Concat gets its FakeQuantize") {
  check_rewrite(kPass, text("", "c", ""), R"(
    x = Parameter                     : f32[1,3,2]
    y = Parameter                     : f32[1,3,2]
    low = Const value=0               : f32[]
    high = Const value=2.55           : f32[]
    f_1 = FakeQuantize(x, low, high, low, high) levels=256 : f32[1,3,2]
    f_2 = FakeQuantize(y, low, high, low, high) levels=256 : f32[1,3,2]
    f = Concat(f_1, f_2) axis=1       : f32[1,6,2]
    r = Result(f)
  )");
}

TEST_CASE("move_fake_quantize_above_concat: a ReLU in between goes along") {
  check_rewrite(kPass, text("v = ReLU(c) : f32[1,6,2]\n", "v", ""), R"(
    x = Parameter                     : f32[1,3,2]
    y = Parameter                     : f32[1,3,2]
    v_1 = ReLU(x)                     : f32[1,3,2]
    low = Const value=0               : f32[]
    high = Const value=2.55           : f32[]
    f_1 = FakeQuantize(v_1, low, high, low, high) levels=256 : f32[1,3,2]
    v_2 = ReLU(y)                     : f32[1,3,2]
    f_2 = FakeQuantize(v_2, low, high, low, high) levels=256 : f32[1,3,2]
    f = Concat(f_1, f_2) axis=1       : f32[1,6,2]
    r = Result(f)
  )");
}

TEST_CASE("move_fake_quantize_above_concat: a Concat that others read, and one of all parts of a Split, stay") {
  check_refused(kPass, text("", "c", "s = Result(f)\n"), "others read the Concat as well");
  check_refused(kPass, R"(
    x = Parameter                     : f32[1,6,2]
    a = Const value=1                 : i64[]
    p = Split(x, a) num_splits=2      : f32[1,3,2], f32[1,3,2]
    c = Concat(p.0, p.1) axis=1       : f32[1,6,2]
    low = Const value=0               : f32[]
    high = Const value=2.55           : f32[]
    f = FakeQuantize(c, low, high, low, high) levels=256 : f32[1,6,2]
    r = Result(f)
  )",
                "all inputs of the Concat come from one Split");
}

// Row V5.
TEST_CASE("move_fake_quantize_above_concat: ranges are cut with the channels, both ends of an output range alike") {
  const std::string begin = "x = Parameter : f32[1,2,2]\ny = Parameter : f32[1,2,2]\n";
  check_rewrite(kPass,
                begin +
                    "c = Concat(x, y) axis=1 : f32[1,4,2]\nl = Const value=0 : f32[]\nh = Const value=[2,2,3,4] : "
                    "f32[1,4,1]\nf = FakeQuantize(c, l, h, l, h) levels=256 : f32[1,4,2]\nr = Result(f)\n",
                begin + R"(
    "f_1/range" = Const value=2          : f32[]
    "f_1/range_1" = Const value=2        : f32[]
    l = Const value=0                    : f32[]
    f_1 = FakeQuantize(x, l, "f_1/range", l, "f_1/range_1") levels=256 : f32[1,2,2]
    "f_2/range" = Const value=[3,4]      : f32[1,2,1]
    "f_2/range_1" = Const value=[0,0]    : f32[1,2,1]
    "f_2/range_2" = Const value=[3,4]    : f32[1,2,1]
    f_2 = FakeQuantize(y, l, "f_2/range", "f_2/range_1", "f_2/range_2") levels=256 : f32[1,2,2]
    f = Concat(f_1, f_2) axis=1          : f32[1,4,2]
    r = Result(f)
  )");
}

TEST_CASE("move_fake_quantize_above_concat: what it refuses, and why") {
  const auto cause = [](const std::string& model) {
    return Converted(model, Dialect::openvino).first_refusal(kPass).cause();
  };
  CHECK(cause(text("", "c", "s = Result(f)\n")) == Cause::read_by_others);
  const std::string lines =
      "c = Concat(x, y) axis=1 : f32[1,?,2]\nl = Const value=0 : f32[]\nh = Const value=[2,2,3,4] : f32[1,4,1]\nf = "
      "FakeQuantize(c, l, h, l, h) levels=256 : f32[1,?,2]\nr = Result(f)\n";
  const auto unknown = "x = Parameter : f32[1,?,2]\ny = Parameter : f32[1,?,2]\n" + lines;
  check_refused(kPass, unknown, "its ranges vary along axis 1, whose lengths are not known");
  CHECK(cause(unknown) == Cause::lengths_unknown);
  CHECK(cause("x = Parameter : f32[1,6,2]\na = Const value=1 : i64[]\np = Split(x, a) num_splits=2 : f32[1,3,2], "
              "f32[1,3,2]\n" +
              fake_quantized("f", "c = Concat(p.0, p.1) axis=1 : f32[1,6,2]", 256, {"0", "2.55"}) +
              "r = Result(f)\n") == Cause::parts_of_one_split);
}

TEST_CASE("move_fake_quantize_above_concat: behind a grouped Convolution ranges for each channel stay below") {
  const auto model = [](std::string_view high, std::string_view shape) {
    return "x = Parameter : f32[1,2,2,2]\nv = Parameter : f32[2,1,1,1,1]\ng = GroupConvolution(x, v) strides=[1,1] "
           "dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,2,2,2]\n" +
           fake_quantized("f", "c = Concat(x, g) axis=1 : f32[1,4,2,2]", 256,
                          {shape.empty() ? "0" : "[0,0,0,0]", high, shape}) +
           "r = Result(f)\n";
  };
  const auto refusal = [&](std::string_view high, std::string_view shape, Dialect dialect) {
    return Converted(model(high, shape), dialect).refusal(kPass);
  };
  const auto* rising = "[1,2,3,4]";
  CHECK(refusal(rising, "1,4,1,1", Dialect::openvino) == fact_text("channel_parameters_behind_grouped_convolution"));
  CHECK(refusal(rising, "1,4,1,1", Dialect::type_relaxed).empty());
  CHECK(refusal("2.55", "", Dialect::openvino).empty());
}

TEST_CASE("move_fake_quantize_above_concat: in the dialect openvino each input keeps its real range") {
  check_conversion(text("", "c", ""),
                   {"Multiply(Concat(FQ256(x; 0..2.55 -> 0..255):u8, FQ256(y; 0..2.55 -> 0..255):u8):u8, 0.01)",
                    "Concat(FQ256(x; 0..2.55 -> 0..2.55), FQ256(y; 0..2.55 -> 0..2.55))"});
}
