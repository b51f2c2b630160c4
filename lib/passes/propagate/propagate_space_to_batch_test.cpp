#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_space_to_batch";
constexpr auto kOperation = "SpaceToBatch@opset2(%, b, f, l)";
constexpr auto kUnpadded = R"(b = Const value=[1,1,2,2] : i64[4]
    f = Const value=[0,0,0,0] : i64[4]
    l = Const value=[0,0,0,0] : i64[4])";
constexpr auto kPadded = R"(b = Const value=[1,1,2,2] : i64[4]
    f = Const value=[0,0,0,0] : i64[4]
    l = Const value=[0,0,0,1] : i64[4])";

}  // namespace

TEST_CASE("propagate_space_to_batch: a per-tensor dequantization passes, another stays") {
  check_moves(kPass,
              {"1,3,10,16", kOperation, "4,3,5,8", "scale=.01 zero_point=128", "scale=.01 zero_point=128", kUnpadded});
  check_stays(kPass, {"1,3,10,16", kOperation, "4,3,5,8", "scale=[.02,.01,.03]@1", {}, kUnpadded},
              "its scale of shape [1,3,1,1] cannot be told behind the operation");
}

TEST_CASE("propagate_space_to_batch: padding is 0, which has to be the stored 0") {
  check_moves(kPass, {"1,3,10,15", kOperation, "4,3,5,8", "scale=.01", "scale=.01", kPadded});
  check_stays(kPass, {"1,3,10,15", kOperation, "4,3,5,8", "scale=.01 zero_point=128", {}, kPadded},
              "it pads with 0, and its input has a zero point");
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("SpaceToBatch: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution({"1,3,10,16", kOperation, "4,3,5,8", kUnpadded}),
      {"Multiply(Convolution(Subtract(SpaceToBatch(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,3,1,1]), "
       "2:i8[1,3,1,1]), 0.0001)",
       "Convolution(SpaceToBatch(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
