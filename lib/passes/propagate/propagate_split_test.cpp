#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_split";

struct Row {
  std::string in;
  int axis, parts;
  std::string out, before;
  std::vector<std::string> after;
};

void check(const Row& row) {
  INFO(row.before);
  const auto split = [&](const char* name, const char* data, const char* type) {
    std::string text = std::string(name) + " = Split(" + data + ", a) num_splits=" + std::to_string(row.parts) + " : ";
    for (int i = 0; i < row.parts; ++i) text += (i == 0 ? "" : ", ") + std::string(type) + "[" + row.out + "]";
    return text + "\n";
  };
  const std::string begin =
      "x = Parameter : u8[" + row.in + "]\na = Const value=" + std::to_string(row.axis) + " : i64[]\n";
  std::string before = begin + "d = Dequantize(x) " + row.before + " : f32[" + row.in + "]\n" + split("y", "d", "f32"),
              after = begin + split("y", "x", "u8");
  for (int i = 0; i < row.parts; ++i) {
    const auto n = std::to_string(i);
    before += "q" + n + " = Sigmoid(y." + n + ") : f32[" + row.out + "]\n";
    after += "\"y." + n + "/DequantizationMultiply\" = Dequantize(y." + n + ") " +
             row.after[static_cast<std::size_t>(i)] + " : f32[" + row.out + "]\n";
  }
  for (int i = 0; i < row.parts; ++i)
    after += "q" + std::to_string(i) + " = Sigmoid(\"y." + std::to_string(i) + "/DequantizationMultiply\") : f32[" +
             row.out + "]\n";
  for (int i = 0; i < row.parts; ++i) {
    const auto n = std::to_string(i);
    before += "r" + n + " = Result(q" + n + ")\n";
    after += "r" + n + " = Result(q" + n + ")\n";
  }
  check_rewrite(kPass, before, after);
}

}  // namespace

TEST_CASE("propagate_split: every output gets its part of the parameters") {
  check({"1,3,16,16",
         2,
         2,
         {"1,3,8,16"},
         "scale=3 zero_point=128",
         {"scale=3 zero_point=128", "scale=3 zero_point=128"}});
  check({"1,3,16,16",
         1,
         3,
         {"1,1,16,16"},
         "scale=[11,22,33]@1 zero_point=[1,2,3]@1",
         {"scale=11 zero_point=1", "scale=22 zero_point=2", "scale=33 zero_point=3"}});
  check({"1,3,16,16", -3, 3, {"1,1,16,16"}, "scale=[11,22,33]@1", {"scale=11", "scale=22", "scale=33"}});
  check({"1,3,16,16",
         -1,
         2,
         {"1,3,16,8"},
         "scale=[11,22,33]@1 zero_point=[1,2,3]@1",
         {"scale=[11,22,33]@1 zero_point=[1,2,3]@1", "scale=[11,22,33]@1 zero_point=[1,2,3]@1"}});
  check({"2,3,16,16",
         0,
         2,
         {"1,3,16,16"},
         "scale=[22,33]@0 zero_point=[2,3]@0",
         {"scale=22 zero_point=2", "scale=33 zero_point=3"}});
  check({"1,3,6,8",
         2,
         3,
         {"1,3,2,8"},
         "scale=[11,22,33,44,55,66]@2 zero_point=[1,2,3,4,5,6]@2",
         {"scale=[11,22]@2 zero_point=[1,2]@2", "scale=[33,44]@2 zero_point=[3,4]@2",
          "scale=[55,66]@2 zero_point=[5,6]@2"}});
  check({"1,3,16,16",
         1,
         3,
         {"1,1,16,16"},
         "scale=[11,11,11]@1 zero_point=[1,1,1]@1",
         {"scale=11 zero_point=1", "scale=11 zero_point=1", "scale=11 zero_point=1"}});
  check({"1,4,3,3",
         1,
         2,
         {"1,2,3,3"},
         "scale=[11,22,33,44]@1 zero_point=[1,2,3,4]@1",
         {"scale=[11,22]@1 zero_point=[1,2]@1", "scale=[33,44]@1 zero_point=[3,4]@1"}});
}

TEST_CASE("propagate_split: data of unknown rank stays") {
  check_refused(kPass, R"(
    x = Parameter            : u8[...]
    a = Const value=1        : i64[]
    d = Dequantize(x) scale=3 : f32[...]
    y = Split(d, a) num_splits=2 : f32[...], f32[...]
    r = Result(y.0)
    s = Result(y.1)
  )",
                "the rank of its input is not known");
}

// Rows SP11 to SP13, through the whole pipeline.
TEST_CASE("Split: integers go on to the operation behind") {
  std::string text = fake_quantized("q", "x = Parameter : f32[1,4,2,2]", 256, {"0", "2.55"});
  text += "axis = Const value=1 : i64[]\ns = Split(q, axis) num_splits=2 : f32[1,2,2,2], f32[1,2,2,2]\n";
  for (const auto* part : {"0", "1"}) {
    text += dequantized(fmt::format("w{}", part), filled(fmt::format("v{}", part), "2", "i8", "1,2,1,1"), "scale=.01");
    text += fmt::format(
        "y{0} = Convolution(s.{0}, w{0}) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
        "auto_pad=explicit : f32[1,1,2,2]\nr{0} = Result(y{0})\n",
        part);
  }
  check_conversion(
      text, {"Multiply(Convolution(Split(FQ256(x; 0..2.55 -> 0..255):u8).0:u8, 2:i8[1,2,1,1]), 0.0001)\n"
             "Multiply(Convolution(Split(FQ256(x; 0..2.55 -> 0..255):u8).1:u8, 2:i8[1,2,1,1]), 0.0001)",
             "Convolution(Split(FQ256(x; 0..2.55 -> 0..255)).0, Multiply(Convert(2:i8[1,2,1,1]), "
             "0.0001))\nConvolution(Split(FQ256(x; 0..2.55 -> 0..255)).1, Multiply(Convert(2:i8[1,2,1,1]), 0.0001))"});
}

TEST_CASE("Split: scales along the axis that is cut are cut with it") {
  check_conversion(
      dequantized("a", "x = Parameter : u8[1,3,2,4]", "scale=[1,2,3,4]@3") +
          "axis = Const value=3 : i64[]\ns = Split(a, axis) num_splits=2 : f32[1,3,2,2], f32[1,3,2,2]\nr = "
          "Result(s.0)\nt = Result(s.1)\n",
      {"Multiply(Split(x).0:u8, [1,2][1,1,1,2])\nMultiply(Split(x).1:u8, [3,4][1,1,1,2])",
       "Multiply(Convert(Split(x).0:u8), [1,2][1,1,1,2])\nMultiply(Convert(Split(x).1:u8), [3,4][1,1,1,2])"});
}

TEST_CASE("propagate_split: an axis that is computed, or parameters of data of unknown length, stay") {
  const auto refused = [](std::string_view in, std::string_view axis, std::string_view before, std::string_view reason,
                          Cause code) {
    check_refused(kPass,
                  fmt::format("x = Parameter : u8[{0}]\na = {1} : i64[]\nd = Dequantize(x) {2} : f32[{0}]\ny = "
                              "Split(d, a) num_splits=2 : f32[?,?,?], f32[?,?,?]\nr = Result(y.0)\ns = Result(y.1)\n",
                              in, axis, before),
                  reason, code);
  };
  refused("1,4,3", "Parameter", "scale=3", "its axis or lengths are no constants", Cause::operand_not_constant);
  refused("1,?,3", "Const value=1", "scale=[1,2,3,4]@1", "its parameters cannot be split",
          Cause::parameters_not_movable);
}
