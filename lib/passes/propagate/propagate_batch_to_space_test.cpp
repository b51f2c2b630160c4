#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_batch_to_space";
constexpr auto kOperation = "BatchToSpace@opset2(%, b, f, l)";
constexpr auto kConstants = R"(b = Const value=[1,1,2,2] : i64[4]
    f = Const value=[0,0,0,0] : i64[4]
    l = Const value=[0,0,0,1] : i64[4])";

}  // namespace

TEST_CASE("propagate_batch_to_space: a per-tensor dequantization passes, another stays") {
  check_moves(kPass,
              {"4,3,5,8", kOperation, "1,3,10,15", "scale=.01 zero_point=128", "scale=.01 zero_point=128", kConstants});
  check_moves(kPass, {"4,3,5,8", kOperation, "1,3,10,15", "scale=[.5,.5,.5]@1", "scale=.5", kConstants});
  check_stays(kPass,
              {"4,3,5,8", kOperation, "1,3,10,15", "scale=[.02,.01,.03]@1 zero_point=[128,64,32]@1", {}, kConstants},
              "its scale of shape [1,3,1,1] cannot be told behind the operation");
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("BatchToSpace: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution({"4,3,5,8", kOperation, "1,3,10,15", kConstants}),
      {"Multiply(Convolution(Subtract(BatchToSpace(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,3,1,1]), "
       "2:i8[1,3,1,1]), 0.0001)",
       "Convolution(BatchToSpace(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
