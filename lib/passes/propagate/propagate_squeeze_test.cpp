#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_squeeze";

}  // namespace

TEST_CASE("propagate_squeeze: Squeeze drops the axes of the parameters, too") {
  check_moves(kPass, {"1,1,1000", "Squeeze(%, a)", "1,1000", "scale=2 zero_point=.5", "scale=2 zero_point=.5",
                      "a = Const value=[1] : i64[1]"});
  check_moves(kPass, {"1,1,1,1000", "Squeeze(%, a)", "1,1,1000", "scale=2 zero_point=.5", "scale=2 zero_point=.5",
                      "a = Const value=[1] : i64[1]", "i8"});
  const char* both = "scale=[.1,.2,.3]@1 zero_point=[128,64,32]@1";
  check_moves(kPass, {"1,3,1,16", "Squeeze(%, a)", "1,3,16", both, both, "a = Const value=[2] : i64[1]"});
  check_moves(kPass, {"?,3,1,?", "Squeeze(%, a)", "?,3,?", both, both, "a = Const value=[2] : i64[1]"});
  check_moves(kPass, {"1,3,16,1", "Squeeze(%, a)", "1,3,16", both, both, "a = Const value=[-1] : i64[1]"});
  check_moves(kPass, {"1,3,2,16", "Squeeze(%, a)", "3,2,16", both, "scale=[.1,.2,.3]@0 zero_point=[128,64,32]@0",
                      "a = Const value=[0] : i64[1]"});
}

TEST_CASE("propagate_squeeze: without axes those of the data go, and the channels stay with theirs") {
  check_moves(kPass, {"1,3,1,16", "Squeeze(%, a)", "3,16", "scale=[.1,.2,.3]@1", "scale=[.1,.2,.3]@0",
                      "a = Const value=[] : i64[0]"});
}

TEST_CASE("propagate_squeeze: parameters of a lower rank are aligned on the right") {
  check_rewrite(kPass, R"(
    x = Parameter              : u8[1,3,1,16]
    a = Const value=[2]        : i64[1]
    s = Const value=[.1,.2,.3] : f32[3,1,1]
    c = Convert(x)             : f32[1,3,1,16]
    d = Multiply(c, s)         : f32[1,3,1,16]
    y = Squeeze(d, a)          : f32[1,3,16]
    r = Result(y)
  )",
                R"(
    x = Parameter              : u8[1,3,1,16]
    a = Const value=[2]        : i64[1]
    y_original = Squeeze(x, a) : u8[1,3,16]
    y = Dequantize(y_original) scale=[.1,.2,.3]@1 : f32[1,3,16]
    r = Result(y)
  )");
}

TEST_CASE("propagate_squeeze: what does not lie along the channels stays, and so does data of unknown rank") {
  check_stays(kPass, {"1,3,1,4", "Squeeze(%, a)", "1,3,4", "scale=[1,2,3,4]@3", {}, "a = Const value=[2] : i64[1]"},
              "its scale of shape [1,1,1,4] is neither per-tensor nor along axis 1 of data of rank 4",
              Cause::parameters_off_channel_axis);
  check_stays(kPass, {"...", "Squeeze(%, a)", "...", "scale=2", {}, "a = Const value=[0] : i64[1]"},
              "the rank of its output is not known");
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("Squeeze: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution({"1,3,1,4,4", "Squeeze(%, a)", "1,3,4,4", "a = Const value=[2] : i64[1]"}),
      {"Multiply(Convolution(Subtract(Squeeze(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,3,1,1]), "
       "2:i8[1,3,1,1]), 0.0001)",
       "Convolution(Squeeze(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
