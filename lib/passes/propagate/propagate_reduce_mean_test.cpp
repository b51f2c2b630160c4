#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_reduce_mean";

/// `scale` and `zero_point`, of shapes, are left behind it.
void check_mean(std::string_view in, std::string_view attributes, std::string_view out, std::string_view before,
                std::string_view scale, std::string_view scale_shape, std::string_view axes,
                std::string_view zero_point = {}, std::string_view zero_point_shape = {}) {
  check_relaxed(kPass,
                {in, "ReduceMean", "opset1", ", a", attributes, out, before, scale, scale_shape, zero_point,
                 zero_point_shape, axes},
                3e-6);
}

}  // namespace

TEST_CASE("propagate_reduce_mean: moves a dequantization below the mean, which is real") {
  check_mean("4,3,16,16", "keep_dims=true", "1,3,16,16", "scale=[.1,1,10]@1 zero_point=[64,128,32]@1", "[.1,1,10]",
             "1,3,1,1", "a = Const value=[0] : i64[1]", "[64,128,32]", "1,3,1,1");
  check_mean("4,3,16,16", "keep_dims=false", "4,3", "scale=[.1,1,10]@1 zero_point=[64,128,32]@1", "[.1,1,10]", "1,3",
             "a = Const value=[2,3] : i64[2]", "[64,128,32]", "1,3");
  check_mean("4,3,16,16", "keep_dims=true", "4,3,1,16", "scale=.1 zero_point=128", ".1", "",
             "a = Const value=[-2] : i64[1]", "128", "");
  check_mean("1,3,4,5", "keep_dims=false", "1,3,4", "scale=[1,2,3,4]@2", "[1,2,3,4]", "1,1,4",
             "a = Const value=[3] : i64[1]");
}

TEST_CASE("propagate_reduce_mean: a parameter that varies along a reduced axis stays, unless all of it is equal") {
  check_stays(kPass,
              {"4,3,16,16",
               "ReduceMean(%, a) keep_dims=true",
               "4,1,16,16",
               "scale=[.1,1,10]@1",
               {},
               "a = Const value=[1] : i64[1]"},
              "its scale varies along axis 1, which is reduced");
  check_mean("4,3,16,16", "keep_dims=true", "4,1,16,16", "scale=[.5,.5,.5]@1", ".5", "",
             "a = Const value=[1] : i64[1]");
}

// Law: mean(s*x) == s*mean(x). No zero point is left to be taken off.
TEST_CASE("ReduceMean: on a real edge the steps around zero are averaged as they are") {
  check_conversion(
      beside_convolution({"1,3,4,4", "ReduceMean(%, a) keep_dims=true", "1,3,1,4", "a = Const value=[2] : i64[1]"}),
      {"Multiply(Subtract(ReduceMean(FQ256(x; -1.28..1.27 -> 0..255):u8), 128), "
       "0.01)\nMultiply(Convolution(Subtract(FQ256(x; -1.28..1.27 -> 0..255):u8, 128:u8[1,3,1,1]), 2:i8[1,3,1,1]), "
       "0.0001)",
       "Multiply(ReduceMean(FQ256(x; -1.28..1.27 -> -128..127)), 0.01)\nConvolution(FQ256(x; -1.28..1.27 -> "
       "-128..127), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
