#include <catch2/catch.hpp>

#include "passes/check_rewrite.hpp"

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
