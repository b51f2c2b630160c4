#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fold_weights_quantize_dequantize";

/// QuantizeLinear and DequantizeLinear as they come from ONNX.
std::string quantized(std::string_view weights, std::string_view type, int low, int high,
                      std::string_view dequantization) {
  return fmt::format(R"(
    w = Const value={} : f32[3]
    il = Const value=-1.28 : f32[]
    ih = Const value=1.27 : f32[]
    ol = Const value={} : f32[]
    oh = Const value={} : f32[]
    f = FakeQuantize(w, il, ih, ol, oh) levels=256 : f32[3]
    q = Convert(f) : {}[3]
    d = Dequantize(q) {} : f32[3]
    r = Result(d)
  )",
                     weights, low, high, type, dequantization);
}

}  // namespace

TEST_CASE("the constant takes the place, the name and the type of the first Convert") {
  check_rewrite(kPass, quantized("[-1,0,1.27]", "i8", -128, 127, "scale=.01"), R"(
    q = Const value=[-100,0,127]          : i8[3]
    d = Dequantize(q) scale=.01           : f32[3]
    r = Result(d)
  )");
}

TEST_CASE("a zero point vanishes where every value allows it") {
  check_rewrite(kPass, quantized("[0,.5,1.27]", "u8", 0, 255, "scale=.01 zero_point=128"), R"(
    q = Const value=[0,50,127]            : u8[3]
    d = Dequantize(q) scale=.01           : f32[3]
    r = Result(d)
  )");
  check_rewrite(kPass, quantized("[-1,.5,1.27]", "u8", 0, 255, "scale=.01 zero_point=128"), R"(
    q = Const value=[28,178,255]                    : u8[3]
    d = Dequantize(q) scale=.01 zero_point=128      : f32[3]
    r = Result(d)
  )");
}

TEST_CASE("steps that are not integers of the type are refused") {
  check_refused(kPass, quantized("[0,.5,1]", "i8", 0, 255, "scale=.01"),
                "its output range 0..255 is not one integer of i8 a step");
  check_refused(kPass, quantized("[0,.5,1]", "u8", 0, 254, "scale=.01"),
                "its output range 0..254 is not one integer of u8 a step");
}

TEST_CASE("a FakeQuantize with another reader is none of this pass") {
  check_no_match(kPass, R"(
    w = Const value=[0,1] : f32[2]
    l = Const value=0 : f32[]
    h = Const value=255 : f32[]
    f = FakeQuantize(w, l, h, l, h) levels=256 : f32[2]
    q = Convert(f) : u8[2]
    r = Result(q)
    s = Result(f)
  )");
}

TEST_CASE("fold_weights_quantize_dequantize: both dialects get the integers, and the code says what is wrong") {
  const auto folded = "Multiply(Convert([-100,0,127]:i8[3]), 0.01)";
  check_conversion(quantized("[-1,0,1.27]", "i8", -128, 127, "scale=.01"), {folded, folded});
  const auto cause = [](const std::string& text) {
    return Converted(text, Dialect::openvino).first_refusal(kPass).cause();
  };
  CHECK(cause(quantized("[0,.5,1]", "i8", 0, 255, "scale=.01")) == Cause::range_not_integers);
}
