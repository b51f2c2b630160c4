#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_reduce_sum";

/// `scale` and `zero_point`, of shapes, are left behind it.
void check_sum(std::string_view in, std::string_view attributes, std::string_view out, std::string_view before,
               std::string_view scale, std::string_view scale_shape, std::string_view axes,
               std::string_view zero_point = {}, std::string_view zero_point_shape = {}) {
  check_relaxed(kPass,
                {in, "ReduceSum", "opset1", ", a", attributes, out, before, scale, scale_shape, zero_point,
                 zero_point_shape, axes},
                3e-5);
}

}  // namespace

TEST_CASE("propagate_reduce_sum: the zero point is taken off once for each element of the sum") {
  check_sum("4,3,16,16", "keep_dims=true", "4,3,1,16", "scale=.1 zero_point=128", ".1", "",
            "a = Const value=[-2] : i64[1]", "2048", "");
  check_sum("4,3,16,16", "keep_dims=false", "4,3", "scale=[.1,1,10]@1 zero_point=[128,12.8,1.28]@1", "[.1,1,10]", "1,3",
            "a = Const value=[2,3] : i64[2]", "[32768,3276.8,327.68]", "1,3");
  check_sum("4,3,16,16", "keep_dims=true", "4,3,1,1", "scale=[.1,1,10]@1", "[.1,1,10]", "1,3,1,1",
            "a = Const value=[2,3] : i64[2]");
  check_sum("4,3,16,16", "keep_dims=true", "1,3,16,16", "scale=[.1,1,10]@1", "[.1,1,10]", "1,3,1,1",
            "a = Const value=[0] : i64[1]");
}

TEST_CASE("propagate_reduce_sum: the number of elements has to be known where there is a zero point") {
  check_stays(kPass,
              {"?,3,?,16",
               "ReduceSum(%, a) keep_dims=true",
               "?,3,1,16",
               "scale=.1 zero_point=3",
               {},
               "a = Const value=[2] : i64[1]"},
              "the length of axis 2 is not known, and it has a zero point", Cause::lengths_unknown);
  check_sum("?,3,?,16", "keep_dims=true", "?,3,1,16", "scale=.1", ".1", "", "a = Const value=[2] : i64[1]");
  check_stays(kPass,
              {"4,3,16,16",
               "ReduceSum(%, a) keep_dims=true",
               "4,1,16,16",
               "scale=[.1,1,10]@1",
               {},
               "a = Const value=[1] : i64[1]"},
              "its scale varies along axis 1, which is reduced");
}

// Law: sum(s*(x - z)) == s*(sum(x) - 4*z) over 4 elements, and z is off the real edge already.
TEST_CASE("ReduceSum: on a real edge the steps around zero are summed as they are") {
  check_conversion(
      beside_convolution({"1,3,4,4", "ReduceSum(%, a) keep_dims=true", "1,3,1,4", "a = Const value=[2] : i64[1]"}),
      {"Multiply(Subtract(ReduceSum(FQ256(x; -1.28..1.27 -> 0..255):u8), 512), "
       "0.01)\nMultiply(Convolution(Subtract(FQ256(x; -1.28..1.27 -> 0..255):u8, 128:u8[1,3,1,1]), 2:i8[1,3,1,1]), "
       "0.0001)",
       "Multiply(ReduceSum(FQ256(x; -1.28..1.27 -> -128..127)), 0.01)\nConvolution(FQ256(x; -1.28..1.27 -> -128..127), "
       "Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
