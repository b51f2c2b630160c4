// The maximum and the minimum, which pass alike.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

struct Extremum {
  const char *pass, *type, *keeping, *dropping;  ///< the operation with keep_dims, and without
};
constexpr Extremum kExtrema[] = {
    {"propagate_reduce_max", "ReduceMax", "ReduceMax(%, a) keep_dims=true", "ReduceMax(%, a) keep_dims=false"},
    {"propagate_reduce_min", "ReduceMin", "ReduceMin(%, a) keep_dims=true", "ReduceMin(%, a) keep_dims=false"},
};

}  // namespace

TEST_CASE("ReduceMax and ReduceMin: a dequantization moves below, without the axes that are reduced") {
  for (const auto& [pass, type, keeping, dropping] : kExtrema) {
    check_moves(pass, {"4,3,16,16", keeping, "1,3,16,16", "scale=[.1,1,10]@1 zero_point=[64,128,32]@1",
                       "scale=[.1,1,10]@1 zero_point=[64,128,32]@1", "a = Const value=[0] : i64[1]"});
    check_moves(pass, {"4,3,16,16", keeping, "4,3,1,16", "scale=.1 zero_point=128", "scale=.1 zero_point=128",
                       "a = Const value=[-2] : i64[1]"});
    check_moves(pass, {"4,3,16,16", keeping, "4,3,1,1", "scale=[.1,1,10]@1", "scale=[.1,1,10]@1",
                       "a = Const value=[2,3] : i64[2]"});
    check_moves(pass, {"4,3,16,16", dropping, "4,3", "scale=[.1,1,10]@1", "scale=[.1,1,10]@1",
                       "a = Const value=[2,3] : i64[2]"});
  }
}

TEST_CASE("ReduceMax and ReduceMin: a negative scale, or one that varies along a reduced axis, stays") {
  for (const auto& [pass, type, keeping, dropping] : kExtrema) {
    check_stays(pass, {"4,3,16,16", keeping, "4,3,1,1", "scale=[.1,-1,10]@1", {}, "a = Const value=[2,3] : i64[2]"},
                "scale -1 is negative");
    check_stays(pass, {"4,3,16,16", keeping, "4,1,16,16", "scale=[.1,1,10]@1", {}, "a = Const value=[1] : i64[1]"},
                "its scale varies along axis 1, which is reduced");
    check_stays(pass, {"4,3,16,16", keeping, "?,?,?,?", "scale=.1", {}, "a = Parameter : i64[1]"},
                "its axes are no constant");
  }
}

// Rows RD21 and RD22: a maximum is one of the integers, a mean is not.
TEST_CASE("ReduceMax and ReduceMean: in front of an integer Convolution") {
  const auto text = [](std::string_view operation) {
    return dequantized("a", "x = Parameter : u8[1,2,4,4]", "scale=.02") +
           fmt::format("axes = Const value=[2,3] : i64[2]\np = {}(a, axes) keep_dims=true : f32[1,2,1,1]\n",
                       operation) +
           dequantized("w", filled("v", "2", "i8", "1,2,1,1"), "scale=.01") +
           "y = Convolution(p, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
           "f32[1,1,1,1]\nr = Result(y)\n";
  };
  check_conversion(text("ReduceMax"),
                   {"Multiply(Convolution(ReduceMax(x):u8, 2:i8[1,2,1,1]), 0.0002)",
                    "Convolution(Multiply(Convert(ReduceMax(x):u8), 0.02), Multiply(Convert(2:i8[1,2,1,1]), 0.01))"});
  check_conversion(text("ReduceMean"),
                   {"Convolution(Multiply(ReduceMean(x), 0.02), Multiply(Convert(2:i8[1,2,1,1]), 0.01))",
                    "Convolution(Multiply(ReduceMean(Convert(x)), 0.02), Multiply(Convert(2:i8[1,2,1,1]), 0.01))"});
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("ReduceMax and ReduceMin: on a real edge the steps around zero pass to the Convolution") {
  for (const auto& [pass, type, keeping, dropping] : kExtrema) {
    check_conversion(
        before_convolution({"1,3,4,4", keeping, "1,3,1,4", "a = Const value=[2] : i64[1]"}),
        {fmt::format("Multiply(Convolution(Subtract({}(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,3,1,1]), "
                     "2:i8[1,3,1,1]), 0.0001)",
                     type),
         fmt::format("Convolution({}(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))",
                     type)});
  }
}
