#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_conversion.hpp"
#include "passes/check_rewrite.hpp"

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
    c = Concat(f_1, f_2) axis=1       : f32[1,6,2]
    r = Result(c)
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
    c = Concat(f_1, f_2) axis=1       : f32[1,6,2]
    r = Result(c)
  )");
}

TEST_CASE("move_fake_quantize_above_concat: a Concat that others read, and one of all parts of a Split, stay") {
  check_refused(kPass, text("", "c", "s = Result(c)\n"), "others read the Concat as well");
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
    c = Concat(f_1, f_2) axis=1          : f32[1,4,2]
    r = Result(c)
  )");
}
