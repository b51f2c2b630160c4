#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_slice";

}  // namespace

namespace {

constexpr auto kChannels = R"(b = Const value=[1] : i64[1]
    e = Const value=[3] : i64[1]
    s = Const value=[1] : i64[1]
    a = Const value=[1] : i64[1])";

}  // namespace

TEST_CASE("propagate_slice: a per-tensor dequantization passes Slice") {
  check_moves(kPass, {"1,3,8,8", "Slice@opset8(%, b, e, s, a)", "1,2,8,8", "scale=.1 zero_point=128",
                      "scale=.1 zero_point=128", kChannels});
  check_moves(kPass,
              {"1,3,8,8", "Slice@opset8(%, b, e, s, a)", "1,2,8,8", "scale=[.5,.5,.5]@1", "scale=.5", kChannels});
  check_moves(
      kPass, {"1,3,8,8", "Slice@opset8(%, b, e, s, a)", "1,?,8,8", "scale=.1 zero_point=128", "scale=.1 zero_point=128",
              "b = Parameter : i64[1]\ne = Const value=[3] : i64[1]\ns = Const value=[1] : i64[1]\na = Const "
              "value=[1] : i64[1]"});
}

TEST_CASE("propagate_slice: channels keep their dequantization in front of Slice") {
  check_stays(kPass, {"1,3,8,8", "Slice@opset8(%, b, e, s, a)", "1,2,8,8", "scale=[1,2,3]@1", {}, kChannels},
              "its scale of shape [1,3,1,1] cannot be told behind the operation");
  check_stays(kPass, {"...", "Slice@opset8(%, b, e, s, a)", "...", "scale=.1", {}, kChannels},
              "the rank of its output is not known");
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("Slice: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution({"1,3,8,8", "Slice@opset8(%, b, e, s, a)", "1,2,8,8", kChannels}),
      {"Multiply(Convolution(Subtract(Slice(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,2,1,1]), 2:i8[1,2,1,1]), "
       "0.0001)",
       "Convolution(Slice(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,2,1,1]), 0.0001))"});
}
