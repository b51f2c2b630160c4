#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_moves.hpp"
#include "passes/check_rewrite.hpp"

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
  check_refused(kPass, text("b = Parameter : f32[1,3,4]"), "1 of its 2 inputs are not quantized");
  check_refused(kPass, text("y = Parameter : i8[1,3,4]\nb = Dequantize(y) scale=.1 : f32[1,3,4]"),
                "its inputs are of types u8 and i8");
  check_refused(kPass,
                "x = Parameter : u8[1,3,4]\na = Dequantize(x) scale=[1,2,3]@1 : f32[1,3,4]\nc = Concat(a, a) axis=2 : "
                "f32[1,3,8]\nr = Result(c)\n",
                "the scales of its inputs do not lie along axis 2");
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
