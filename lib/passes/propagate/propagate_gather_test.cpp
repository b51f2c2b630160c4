#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_gather";

}  // namespace

namespace {

constexpr auto kBefore = "scale=[.3,.2,.1]@1 zero_point=[128,64,32]@1";

std::string at(std::string_view indices, std::string_view shape, int axis) {
  return "i = Const value=" + std::string(indices) + " : i64[" + std::string(shape) +
         "]\na = Const value=" + std::to_string(axis) + " : i64[]";
}

}  // namespace

TEST_CASE("propagate_gather: a per-tensor dequantization passes any Gather") {
  const char* both = "scale=.1 zero_point=128";
  check_moves(kPass, {"3,3,4", "Gather@opset8(%, i, a)", "2,3,4", both, both, at("[0,1]", "2", 0)});
  check_moves(kPass,
              {"3,3,4", "Gather@opset8(%, i, a) batch_dims=1", "3,2,4", both, both, at("[1,2,1,2,1,2]", "3,2", 1)});
  check_moves(kPass, {"1,3,4", "Gather@opset8(%, i, a)", "1,3,4", "scale=[.1,.1,.1]@1 zero_point=[128,128,128]@1", both,
                      at("[0]", "1", 0)});
}

TEST_CASE("propagate_gather: indices and axis need not be known where no parameter lies along the axis") {
  check_moves(kPass, {"3,3,4", "Gather@opset8(%, i, a)", "2,3,4", kBefore, kBefore,
                      "i = Parameter : i64[2]\na = Const value=0 : i64[]"});
  const char* both = "scale=.1 zero_point=128";
  check_moves(kPass, {"3,3,3", "Gather@opset8(%, i, a)", "?,?,?", both, both,
                      "i = Const value=[0,1] : i64[2]\na = Parameter : i64[]"});
}

TEST_CASE("propagate_gather: a Gather of channels takes their parameters") {
  check_moves(kPass,
              {"1,3,4", "Gather@opset8(%, i, a)", "1,1,4", kBefore, "scale=.3 zero_point=128", at("[0]", "1", 1)});
  check_moves(kPass,
              {"1,3,4", "Gather@opset8(%, i, a)", "1,1,4", kBefore, "scale=.2 zero_point=64", at("[1]", "1", 1)});
  check_moves(kPass,
              {"1,3,4", "Gather@opset8(%, i, a)", "1,1,4", kBefore, "scale=.3 zero_point=128", at("[0]", "1", -2)});
  check_moves(kPass,
              {"1,3,4", "Gather@opset8(%, i, a)", "1,1,4", kBefore, "scale=.1 zero_point=32", at("[-1]", "1", 1)});
  check_moves(kPass, {"1,3,4", "Gather@opset8(%, i, a)", "1,2,4", kBefore, "scale=[.1,.3]@1 zero_point=[32,128]@1",
                      at("[2,0]", "2", 1)});
  check_moves(kPass, {"1,3,4", "Gather@opset8(%, i, a)", "1,4", kBefore, "scale=.2 zero_point=64", at("1", "", 1)});
}

TEST_CASE("propagate_gather: a Gather of another axis only changes the rank of the parameters") {
  check_moves(kPass, {"1,3,4", "Gather@opset8(%, i, a)", "1,3,4", kBefore, kBefore, at("[0]", "1", 0)});
  check_moves(kPass, {"3,3,4", "Gather@opset8(%, i, a)", "2,2,3,4", kBefore,
                      "scale=[.3,.2,.1]@2 zero_point=[128,64,32]@2", at("[0,1,2,0]", "2,2", 0)});
  check_moves(kPass, {"3,3,4", "Gather@opset8(%, i, a)", "3,4", kBefore, "scale=[.3,.2,.1]@0 zero_point=[128,64,32]@0",
                      at("1", "", 0)});
  check_moves(kPass, {"1,3,4", "Gather@opset8(%, i, a)", "1,3,2,2", kBefore, kBefore, at("[0,1,2,3]", "2,2", 2)});
}

TEST_CASE("propagate_gather: indices of channels have to be a known list") {
  check_stays(kPass, {"1,3,4", "Gather@opset8(%, i, a)", "1,2,2,4", kBefore, {}, at("[0,1,2,0]", "2,2", 1)},
              "its scale of shape [1,3,1] cannot be told behind the operation");
  check_stays(
      kPass,
      {"1,3,4", "Gather@opset8(%, i, a)", "1,2,4", kBefore, {}, "i = Parameter : i64[2]\na = Const value=1 : i64[]"},
      "its scale of shape [1,3,1] cannot be told behind the operation");
}

TEST_CASE("propagate_gather: rows of a table of integers are dequantized once they are chosen") {
  check_rewrite(kPass, R"(
    t = Const value=[1,2,3,4,5,6,7,8,9,10,11,12] : i8[4,3]
    i = Const value=[2,0]                        : i64[2]
    a = Const value=0                            : i64[]
    d = Dequantize(t) scale=.5                   : f32[4,3]
    y = Gather@opset8(d, i, a)                   : f32[2,3]
    r = Result(y)
  )",
                R"(
    t = Const value=[1,2,3,4,5,6,7,8,9,10,11,12] : i8[4,3]
    i = Const value=[2,0]                        : i64[2]
    a = Const value=0                            : i64[]
    y_original = Gather@opset8(t, i, a)          : i8[2,3]
    y = Dequantize(y_original) scale=.5          : f32[2,3]
    r = Result(y)
  )");
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("Gather: on a real edge the steps around zero pass to the Convolution") {
  const auto constants = at("[2,0]", "2", 1);
  check_conversion(
      before_convolution({"1,3,4,4", "Gather@opset8(%, i, a)", "1,2,4,4", constants}),
      {"Multiply(Convolution(Subtract(Gather(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,2,1,1]), 2:i8[1,2,1,1]), "
       "0.0001)",
       "Convolution(Gather(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,2,1,1]), 0.0001))"});
}
