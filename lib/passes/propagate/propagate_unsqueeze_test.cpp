#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_unsqueeze";

}  // namespace

TEST_CASE("propagate_unsqueeze: Unsqueeze adds axes to the parameters, too") {
  const char* before = "scale=[.1,.2,.3]@1 zero_point=[128,64,32]@1";
  check_moves(kPass, {"1,3,16,16", "Unsqueeze(%, a)", "1,1,3,16,16", before,
                      "scale=[.1,.2,.3]@2 zero_point=[128,64,32]@2", "a = Const value=[0] : i64[1]"});
  check_moves(kPass, {"1,3,16,16", "Unsqueeze(%, a)", "1,3,1,16,16", before, before, "a = Const value=[2] : i64[1]"});
  check_moves(kPass, {"1,3,16", "Unsqueeze(%, a)", "1,1,3,16,1", before, "scale=[.1,.2,.3]@2 zero_point=[128,64,32]@2",
                      "a = Const value=[0,-1] : i64[2]"});
  check_moves(kPass, {"?,?,?,?", "Unsqueeze(%, a)", "1,?,?,?,?", "scale=.45 zero_point=-.32",
                      "scale=.45 zero_point=-.32", "a = Const value=[0] : i64[1]"});
  check_moves(kPass, {"1,1,1000", "Unsqueeze(%, a)", "1,1,1,1000", "scale=2 zero_point=.5", "scale=2 zero_point=.5",
                      "a = Const value=[1] : i64[1]", "i8"});
}

TEST_CASE("propagate_unsqueeze: parameters of a lower rank are aligned on the right") {
  check_rewrite(kPass, R"(
    x = Parameter              : u8[1,3,16,16]
    a = Const value=[4]        : i64[1]
    s = Const value=[.1,.2,.3] : f32[3,1,1]
    c = Convert(x)             : f32[1,3,16,16]
    d = Multiply(c, s)         : f32[1,3,16,16]
    y = Unsqueeze(d, a)        : f32[1,3,16,16,1]
    r = Result(y)
  )",
                R"(
    x = Parameter                : u8[1,3,16,16]
    a = Const value=[4]          : i64[1]
    y_original = Unsqueeze(x, a) : u8[1,3,16,16,1]
    y = Dequantize(y_original) scale=[.1,.2,.3]@1 : f32[1,3,16,16,1]
    r = Result(y)
  )");
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("Unsqueeze: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution({"1,3,4", "Unsqueeze(%, a)", "1,3,4,1", "a = Const value=[3] : i64[1]"}),
      {"Multiply(Convolution(Subtract(Unsqueeze(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,3,1,1]), "
       "2:i8[1,3,1,1]), 0.0001)",
       "Convolution(Unsqueeze(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
