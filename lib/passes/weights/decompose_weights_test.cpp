#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "decompose_weights";

/// Weights of shape [count,1,1,1] under a FakeQuantize, that a Convolution reads.
std::string model(std::string_view weights, int count, std::string_view ranges, int levels) {
  return fmt::format(
      "x = Parameter : f32[1,1,1,1]\nw = Const value={0} : f32[{1},1,1,1]\n{2}\nq = FakeQuantize(w, il, ih, ol, oh) "
      "levels={3} : f32[{1},1,1,1]\n"
      "y = Convolution(x, q) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[1,{1},1,1]\nr = Result(y)\n",
      weights, count, ranges, levels);
}

std::string range(std::string_view il, std::string_view ih, std::string_view ol, std::string_view oh,
                  std::string_view shape = "") {
  return fmt::format(
      "il = Const value={0} : f32[{4}]\nih = Const value={1} : f32[{4}]\nol = Const value={2} : f32[{4}]\noh = Const "
      "value={3} : f32[{4}]",
      il, ih, ol, oh, shape);
}

std::string stored(std::string_view values, int count, std::string_view dequantization) {
  return fmt::format(
      "x = Parameter : f32[1,1,1,1]\n\"q/quantized\" = Const value={0} : i8[{1},1,1,1]\nq = "
      "Dequantize(\"q/quantized\") {2} : f32[{1},1,1,1]\n"
      "y = Convolution(x, q) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[1,{1},1,1]\nr = Result(y)\n",
      values, count, dequantization);
}

/// FakeQuantize rounds twice where scale * stored is rounded once.
constexpr double kLastBits = 2e-6;

}  // namespace

// Rows W.. of the specification of quantization.
TEST_CASE("decompose_weights: the kernel's type, whatever the range") {
  const char* data = "[-1,.5,.25,2,-.004,.006]";
  check_rewrite(kPass, model(data, 6, range("-1.28", "1.27", "-1.28", "1.27"), 256),
                stored("[-100,50,25,127,0,1]", 6, "scale=0.01"), 1, kLastBits);
  check_rewrite(kPass, model("[-1,.5,.25,2]", 4, range("0", "2.55", "0", "2.55"), 256),
                stored("[-128,-78,-103,72]", 4, "scale=0.01 zero_point=-128"), 1, kLastBits);
  check_rewrite(kPass, model("[-1,.5,.25,2]", 4, range("-2", "2", "-1.27", "1.27"), 255),
                stored("[-63,32,16,127]", 4, "scale=0.01"), 1, kLastBits);
  check_rewrite(kPass, model("[-1,.5]", 2, range("-1.27", "1.27", "1.27", "-1.27"), 255),
                stored("[-100,50]", 2, "scale=-0.01"), 1, kLastBits);
}

TEST_CASE("decompose_weights: a channel of zeros is stored as zeros") {
  check_rewrite(
      kPass, model("[.5,3,.5]", 3, range("[-1,0,-1.27]", "[1,0,1.27]", "[-1,0,-1.27]", "[1,0,1.27]", "3,1,1,1"), 255),
      stored("[63,0,50]", 3, "scale=[0.007874016,1,0.01]@0"), 1, kLastBits);
}

TEST_CASE("decompose_weights: 15 and 16 levels fit a byte as well") {
  check_rewrite(kPass, model("[-.8,.31,.7]", 3, range("-.8", ".7", "-.8", ".7"), 16),
                stored("[-8,3,7]", 3, "scale=0.1"), 1, kLastBits);
}

TEST_CASE("decompose_weights: a channel with one other value, and weights that no kernel wants, stay") {
  check_refused(kPass, model("[.5,3]", 2, range("-1", "1", ".5", ".5"), 255), "a channel has one value, 0.5, for all");
  check_no_match(kPass, R"(
    w = Const value=[-1,.5] : f32[2]
    l = Const value=-1      : f32[]
    h = Const value=1       : f32[]
    q = FakeQuantize(w, l, h, l, h) levels=255 : f32[2]
    r = Result(q)
  )");
}

TEST_CASE("decompose_weights: what it refuses, and why") {
  const auto check = [](const std::string& text, Cause cause, std::string_view reason) {
    check_refused(kPass, text, reason);
    CHECK(Converted(text, Dialect::type_relaxed).first_refusal(kPass).cause() == cause);
  };
  check(model("[.5,3]", 2, range("-1", "1", ".5", ".5"), 255), Cause::range_of_one_value,
        "a channel has one value, 0.5, for all");
  check(model("[.5,3]", 2, range("-1", "1", "-1", "1"), 100), Cause::levels_not_supported,
        "its 100 levels fit none of the types that its reader takes");
  check(model("[.5,3]", 2, range("[-1,-1,-1,-1]", "[1,1,1,1]", "[-1,-1,-1,-1]", "[1,1,1,1]", "2,2,1,1"), 255),
        Cause::range_not_usable, "its ranges do not fit the weights");
}

TEST_CASE("decompose_weights: in the dialect openvino weights have the type that their values ask for") {
  check_conversion(model("[-1,.5,.25,2]", 4, range("0", "2.55", "0", "2.55"), 256),
                   {"Convolution(x, Multiply(Subtract(Convert([-128,-78,-103,72]:i8[4,1,1,1]), -128), 0.01))",
                    "Convolution(x, Multiply(Convert([0,50,25,200]:u8[4,1,1,1]), 0.01))"});
}
