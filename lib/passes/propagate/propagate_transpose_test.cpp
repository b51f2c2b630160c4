#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_transpose";

}  // namespace

TEST_CASE("propagate_transpose: a per-tensor dequantization passes any Transpose") {
  const char* both = "scale=.1 zero_point=128";
  check_moves(kPass, {"1,3,4,5", "Transpose(%, o)", "1,3,5,4", both, both, "o = Const value=[0,1,3,2] : i64[4]"});
  check_moves(kPass, {"1,3,16,16", "Transpose(%, o)", "1,16,3,16", both, both, "o = Const value=[0,3,1,2] : i64[4]"});
  check_moves(kPass, {"?,?,?", "Transpose(%, o)", "?,?,?", both, both, "o = Const value=[0,2,1] : i64[3]"});
  check_moves(kPass, {"1,3,4,5", "Transpose(%, o)", "5,4,3,1", both, both, "o = Const value=[] : i64[0]"});
}

TEST_CASE("propagate_transpose: equal values for all channels are per-tensor") {
  check_moves(kPass, {"1,3,4,4", "Transpose(%, o)", "1,4,3,4", "scale=[.1,.1,.1]@1 zero_point=[128,128,128]@1",
                      "scale=.1 zero_point=128", "o = Const value=[0,3,1,2] : i64[4]"});
  check_moves(kPass, {"1,4,3", "Transpose(%, o)", "1,3,4", "scale=[.1]@1 zero_point=7", "scale=.1 zero_point=7",
                      "o = Const value=[0,2,1] : i64[3]"});
}

TEST_CASE("propagate_transpose: channels that stay in place keep their parameters") {
  const char* both = "scale=[.3,.2,.1]@1 zero_point=[128,64,32]@1";
  check_moves(kPass, {"1,3,4,4", "Transpose(%, o)", "1,3,4,4", both, both, "o = Const value=[0,1,3,2] : i64[4]"});
}

TEST_CASE("propagate_transpose: channels that move keep their dequantization in front") {
  constexpr auto kReason = "its input is quantized per channel, and the first two axes do not stay in place";
  for (const char* order : {"o = Const value=[0,2,1,3] : i64[4]", "o = Const value=[0,3,1,2] : i64[4]"})
    check_stays(
        kPass,
        {"1,3,4,4", "Transpose(%, o)", order[17] == '2' ? "1,4,3,4" : "1,4,3,4", "scale=[.3,.2,.1]@1", {}, order},
        kReason);
  check_stays(kPass,
              {"1,4,3", "Transpose(%, o)", "1,3,4", "scale=[.1,.2,.3]@2", {}, "o = Const value=[0,2,1] : i64[3]"},
              "its scale of shape [1,1,3] is neither per-tensor nor along axis 1 of data of rank 3");
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("Transpose: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution({"1,4,5,3", "Transpose(%, o)", "1,3,4,5", "o = Const value=[0,3,1,2] : i64[4]"}),
      {"Multiply(Convolution(Subtract(Transpose(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,3,1,1]), "
       "2:i8[1,3,1,1]), 0.0001)",
       "Convolution(Transpose(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
