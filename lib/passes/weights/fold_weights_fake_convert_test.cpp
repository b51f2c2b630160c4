#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fold_weights_fake_convert";

}  // namespace

TEST_CASE("FakeConvert on weights becomes f8 with its inverse behind it") {
  check_rewrite(kPass, R"(
    w = Const value=[0.1,1,-3.3,448,300,.01] : f32[2,3]
    s = Const value=[2,.5] : f32[2,1]
    f = FakeConvert@opset13(w, s) destination_type=f8e4m3 : f32[2,3]
    r = Result(f)
  )",
                R"(
    f/quantized = Const value=0x2540CD767103        : f8e4m3[2,3]
    f = Dequantize(f/quantized) scale=[0.5,2]@0     : f32[2,3]
    r = Result(f)
  )");
}

TEST_CASE("a shift comes back with its sign turned; too large is the largest, as FakeConvert computes it") {
  check_rewrite(kPass, R"(
    w = Const value=[0.1,1000] : f32[2]
    s = Const value=2 : f32[]
    h = Const value=.1 : f32[]
    f = FakeConvert@opset13(w, s, h) destination_type=f8e4m3 : f32[2]
    r = Result(f)
  )",
                R"(
    f/quantized = Const value=0x1D7E                           : f8e4m3[2]
    f = Dequantize(f/quantized) scale=0.5 zero_point=-0.1      : f32[2]
    r = Result(f)
  )");
}

TEST_CASE("what cannot be folded is refused with a reason") {
  check_refused(kPass, R"(
    w = Const value=[1,2] : f32[2]
    s = Const value=0 : f32[]
    f = FakeConvert@opset13(w, s) destination_type=f8e5m2 : f32[2]
    r = Result(f)
  )",
                "its scale 0 has no inverse");
  check_refused(kPass, R"(
    w = Const value=[1,2] : f32[2]
    s = Parameter : f32[]
    f = FakeConvert@opset13(w, s) destination_type=f8e5m2 : f32[2]
    r = Result(f)
  )",
                "its scale is not a constant");
  check_no_match(kPass, R"(
    x = Parameter : f32[2]
    s = Const value=1 : f32[]
    f = FakeConvert@opset13(x, s) destination_type=f8e5m2 : f32[2]
    r = Result(f)
  )");
}

TEST_CASE("fold_weights_fake_convert: the codes of its refusals, and a shift that is computed") {
  const auto text = [](std::string_view scale, std::string_view shift, std::string_view type = "f32") {
    return fmt::format(
        "w = Const value=[1,2] : {2}[2]\ns = {0} : {2}[]\nh = {1} : {2}[]\nf = FakeConvert@opset13(w, s, h) "
        "destination_type=f8e5m2 : {2}[2]\nr = Result(f)\n",
        scale, shift, type);
  };
  const auto check = [](const std::string& model, Cause cause, std::string_view reason) {
    check_refused(kPass, model, reason);
    CHECK(Converted(model, Dialect::openvino).first_refusal(kPass).cause() == cause);
  };
  const auto *one = "Const value=1", *zero = "Const value=0";
  check(text("Parameter", zero), Cause::range_not_constant, "its scale is not a constant");
  check(text(one, "Parameter"), Cause::range_not_constant, "its shift is not a constant");
  check(text(zero, zero), Cause::scale_zero, "its scale 0 has no inverse");
  check_refused(kPass, text(one, zero, "f16"), "its weights are f16, only f32 is folded", Cause::weights_of_other_type);
}

TEST_CASE("fold_weights_fake_convert: in the dialect openvino as well") {
  // 1 is 0 01111 00 in e5m2, -2 is 1 10000 00.
  const Converted standard(R"(
    w = Const value=[.5,-1]  : f32[2]
    s = Const value=2        : f32[]
    f = FakeConvert@opset13(w, s) destination_type=f8e5m2 : f32[2]
    r = Result(f)
  )",
                           Dialect::openvino);
  CHECK(standard.line("f/quantized") == "f/quantized = Const value=0x3CC0 : f8e5m2[2]");
  CHECK(standard.line("f") == "f = Dequantize(f/quantized) scale=0.5 : f32[2]");
}
