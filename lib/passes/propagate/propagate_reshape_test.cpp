#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_reshape";
constexpr auto kStays = "its scale of shape [1,3,1,1] cannot be told behind the operation";

std::string pattern(std::string_view values, int count) {
  return fmt::format("p = Const value={} : i64[{}]", values, count);
}

struct Row {
  const char *in, *pattern;
  int count;
  const char *out, *before, *after;
};

void check(const Row& row) {
  const auto constants = pattern(row.pattern, row.count);
  check_moves(kPass, {row.in, "Reshape(%, p) special_zero=true", row.out, row.before, row.after, constants});
}

void check_stays(const Row& row) {
  const auto constants = pattern(row.pattern, row.count);
  lpt::check_stays(kPass, {row.in, "Reshape(%, p) special_zero=true", row.out, row.before, {}, constants}, row.after);
}

}  // namespace

// Rows RS.. of the specification of movement operations.
TEST_CASE("propagate_reshape: a per-tensor dequantization passes any Reshape") {
  check({"1,384,1024", "[1,384,16,64]", 4, "1,384,16,64", "scale=.1", "scale=.1"});
  check({"1,16,8,8", "[128,-1]", 2, "128,8", "scale=.1", "scale=.1"});
  check({"1,64,20,1", "[0,2,-1,1]", 4, "1,2,640,1", "scale=.1 zero_point=128", "scale=.1 zero_point=128"});
  check({"1,3,2,2", "[12]", 1, "12", "scale=.5", "scale=.5"});
  check({"?,3,20", "[0,3,4,5]", 4, "?,3,4,5", "scale=.1 zero_point=128", "scale=.1 zero_point=128"});
}

TEST_CASE("propagate_reshape: equal values for all channels are per-tensor") {
  check({"10,4,1,1", "[-1,1,40]", 3, "1,1,40", "scale=[.1,.1,.1,.1]@1", "scale=.1"});
  check({"1,3,4", "[1,12]", 2, "1,12", "scale=[.5,.5,.5]@1 zero_point=[7,7,7]@1", "scale=.5 zero_point=7"});
}

TEST_CASE("propagate_reshape: channels that stay keep their parameters") {
  const char* before = "scale=[.1,.2,.3]@1 zero_point=[32,64,128]@1";
  check({"1,3,20", "[1,3,4,5]", 4, "1,3,4,5", "scale=[.1,.2,.3]@1", "scale=[.1,.2,.3]@1"});
  check({"4,3,20", "[4,3,4,5]", 4, "4,3,4,5", "scale=[.1,.2,.3]@1", "scale=[.1,.2,.3]@1"});
  check({"1,3,20", "[1,3,4,5]", 4, "1,3,4,5", before, before});
  check({"?,3,20", "[0,3,4,5]", 4, "?,3,4,5", before, before});
  check({"1,3,20", "[1,-1,4,5]", 4, "1,3,4,5", before, before});
  check({"1,3,4,5", "[1,3,20,1,1,1]", 6, "1,3,20,1,1,1", before, before});
  check({"1,3,2,2,2", "[1,3,8]", 3, "1,3,8", "scale=[1,2,3]@1", "scale=[1,2,3]@1"});
  check({"1,3,2,4,4,2", "[1,3,64]", 3, "1,3,64", "scale=[.1,.2,.3]@1", "scale=[.1,.2,.3]@1"});
  check({"1,3", "[1,3,1,1]", 4, "1,3,1,1", "scale=[1,2,3]@1", "scale=[1,2,3]@1"});
  check({"1,3", "[1,-1]", 2, "1,3", "scale=[.1,.01,.1]@1", "scale=[.1,.01,.1]@1"});
}

TEST_CASE("propagate_reshape: channels that grow repeat their parameters") {
  check({"1,3,2,3", "[1,18,1,1,1]", 5, "1,18,1,1,1", "scale=[.1,.2,.3]@1",
         "scale=[.1,.1,.1,.1,.1,.1,.2,.2,.2,.2,.2,.2,.3,.3,.3,.3,.3,.3]@1"});
  check({"1,3,4,5", "[1,12,1,1,5]", 5, "1,12,1,1,5", "scale=[.1,.2,.3]@1",
         "scale=[.1,.1,.1,.1,.2,.2,.2,.2,.3,.3,.3,.3]@1"});
  const char* spread =
      "scale=[.1,.1,.1,.1,.2,.2,.2,.2,.3,.3,.3,.3]@1 zero_point=[0,0,0,0,128,128,128,128,255,255,255,255]@1";
  check({"1,3,2,2", "[0,-1]", 2, "1,12", "scale=[.1,.2,.3]@1 zero_point=[0,128,255]@1", spread});
  check({"4,3,2,2", "[0,-1]", 2, "4,12", "scale=[.1,.2,.3]@1 zero_point=[0,128,255]@1", spread});
  check({"?,3,2,2", "[0,-1]", 2, "?,12", "scale=[.1,.2,.3]@1 zero_point=[0,128,255]@1", spread});
  check({"1,3,20", "[1,6,10]", 3, "1,6,10", "scale=[.1,.2,.3]@1 zero_point=[1,2,3]@1",
         "scale=[.1,.1,.2,.2,.3,.3]@1 zero_point=[1,1,2,2,3,3]@1"});
  check({"1,2,3,4", "[1,6,4]", 3, "1,6,4", "scale=[1,2]@1", "scale=[1,1,1,2,2,2]@1"});
  check({"1,3,2,2", "[0,-1]", 2, "1,12", "scale=[.1,.2,.3]@1 zero_point=128",
         "scale=[.1,.1,.1,.1,.2,.2,.2,.2,.3,.3,.3,.3]@1 zero_point=128"});
  // Of rank 2 the channels come round again.
  check({"6..12,2", "[-1,6]", 2, "?,6", "scale=[.1,.02]@1", "scale=[.1,.02,.1,.02,.1,.02]@1"});
}

TEST_CASE("propagate_reshape: parameters of a lower rank are aligned on the right") {
  check_rewrite(kPass, R"(
    x = Parameter                         : u8[1,3,2,2]
    p = Const value=[0,-1]                : i64[2]
    s = Const value=[.1,.2,.3]            : f32[3,1,1]
    c = Convert(x)                        : f32[1,3,2,2]
    d = Multiply(c, s)                    : f32[1,3,2,2]
    y = Reshape(d, p) special_zero=true   : f32[1,12]
    r = Result(y)
  )",
                R"(
    x = Parameter                                 : u8[1,3,2,2]
    p = Const value=[0,-1]                        : i64[2]
    y_original = Reshape(x, p) special_zero=true  : u8[1,12]
    y = Dequantize(y_original) scale=[.1,.1,.1,.1,.2,.2,.2,.2,.3,.3,.3,.3]@1 : f32[1,12]
    r = Result(y)
  )");
}

TEST_CASE("propagate_reshape: an integer zero point stays one") {
  check_rewrite(kPass, R"(
    x = Parameter                         : u8[1,4,10,10]
    p = Const value=[1,2,2,10,10]         : i64[5]
    zi = Const value=[128,128,128,128]    : u8[1,4,1,1]
    z = Convert(zi)                       : f32[1,4,1,1]
    s = Const value=3                     : f32[]
    c = Convert(x)                        : f32[1,4,10,10]
    d = Subtract(c, z)                    : f32[1,4,10,10]
    m = Multiply(d, s)                    : f32[1,4,10,10]
    y = Reshape(m, p) special_zero=true   : f32[1,2,2,10,10]
    r = Result(y)
  )",
                R"(
    x = Parameter                                       : u8[1,4,10,10]
    p = Const value=[1,2,2,10,10]                       : i64[5]
    y_original = Reshape(x, p) special_zero=true        : u8[1,2,2,10,10]
    "y/DequantizationConvert" = Convert(y_original)     : f32[1,2,2,10,10]
    "y/zero_point" = Const value=128                    : u8[]
    "y/zero_point/convert" = Convert("y/zero_point")    : f32[]
    "y/DequantizationSubtract" = Subtract("y/DequantizationConvert", "y/zero_point/convert") : f32[1,2,2,10,10]
    "y/scale" = Const value=3                           : f32[]
    y = Multiply("y/DequantizationSubtract", "y/scale") : f32[1,2,2,10,10]
    r = Result(y)
  )");
}

TEST_CASE("propagate_reshape: a Reshape that mixes channels keeps its dequantization in front") {
  const char* before = "scale=[.1,.2,.3]@1";
  check_stays({"1,3,4,5", "[12,-1]", 2, "12,5", before, kStays});
  check_stays({"1,3,2,2", "[12]", 1, "12", before, kStays});
  check_stays({"1,6,2,2", "[1,2,3,2,2]", 5, "1,2,3,2,2", "scale=[1,2,3,4,5,6]@1",
               "its scale of shape [1,6,1,1] cannot be told behind the operation"});
  check_stays({"1,4,9", "[1,6,6]", 3, "1,6,6", "scale=[1,2,3,4]@1",
               "its scale of shape [1,4,1] cannot be told behind the operation"});
  check_stays({"2,3,4", "[1,6,4]", 3, "1,6,4", "scale=[1,2,3]@1",
               "its scale of shape [1,3,1] cannot be told behind the operation"});
  check_stays({"1,197,24", "[1,197,4,6]", 4, "1,197,4,6",
               "scale=[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24]@2",
               "its scale of shape [1,1,24] is neither per-tensor nor along axis 1 of data of rank 3"});
}

TEST_CASE("propagate_reshape: a pattern that is computed lets a per-tensor dequantization pass alone") {
  check_rewrite(kPass, R"(
    x = Parameter                         : u8[?,?,1,1]
    w = Parameter                         : f32[?,?]
    p = ShapeOf(w)                        : i64[2]
    d = Dequantize(x) scale=.1 zero_point=128 : f32[?,?,1,1]
    y = Reshape(d, p) special_zero=true   : f32[?,?]
    r = Result(y)
  )",
                R"(
    x = Parameter                                 : u8[?,?,1,1]
    w = Parameter                                 : f32[?,?]
    p = ShapeOf(w)                                : i64[2]
    y_original = Reshape(x, p) special_zero=true  : u8[?,?]
    y = Dequantize(y_original) scale=.1 zero_point=128 : f32[?,?]
    r = Result(y)
  )");
  check_refused(kPass, R"(
    x = Parameter                         : u8[?,3,1,1]
    w = Parameter                         : f32[?,?]
    p = ShapeOf(w)                        : i64[2]
    d = Dequantize(x) scale=[.1,.2,.3]@1  : f32[?,3,1,1]
    y = Reshape(d, p) special_zero=true   : f32[?,?]
    r = Result(y)
  )",
                kStays);
}

TEST_CASE("propagate_reshape: real data that no integer operation gave is none of its business") {
  check_no_match(kPass, R"(
    x = Parameter                        : f32[1,3,20]
    s = Const value=.1                   : f32[]
    p = Const value=[1,3,4,5]            : i64[4]
    d = Multiply(x, s)                   : f32[1,3,20]
    y = Reshape(d, p) special_zero=true  : f32[1,3,4,5]
    r = Result(y)
  )");
}

// Rows RS45, RS46, RS50 and RS51, through the whole pipeline.
TEST_CASE("Reshape: signed and half-precision chains") {
  const std::string tail = "p = Const value=[1,3,64] : i64[3]\n";
  check_conversion(dequantized("a", "x = Parameter : i8[1,3,8,8]", "scale=.5") + tail +
                       "y = Reshape(a, p) special_zero=false : f32[1,3,64]\nr = Result(y)\n",
                   {"Multiply(Reshape(x):i8, 0.5)", "Multiply(Convert(Reshape(x):i8), 0.5)"});
  check_conversion(
      "x = Parameter : u8[1,3,8,8]\nc = Convert(x) : f16[1,3,8,8]\nz = Const value=128 : f16[]\ns = Const value=.5 : "
      "f16[]\nd = Subtract(c, z) : f16[1,3,8,8]\na = Multiply(d, s) : f16[1,3,8,8]\n" +
          tail + "y = Reshape(a, p) special_zero=false : f16[1,3,64]\nr = Result(y)\n",
      {"Convert(Multiply(Subtract(Reshape(x):u8, 128), 0.5)):f16",
       "Convert(Multiply(Subtract(Convert(Reshape(x):u8), 128), 0.5)):f16"});
}

TEST_CASE("Reshape: a channel shuffle") {
  const auto shuffled = [](std::string_view dequantization) {
    return dequantized("a", "x = Parameter : u8[1,6,8,8]", dequantization) +
           "l = Const value=[1,2,3,64] : i64[4]\nb = Reshape(a, l) special_zero=false : f32[1,2,3,64]\no = Const "
           "value=[0,2,1,3] : i64[4]\nc = Transpose(b, o) : f32[1,3,2,64]\nk = Const value=[1,6,8,8] : i64[4]\ny = "
           "Reshape(c, k) special_zero=false : f32[1,6,8,8]\nr = Result(y)\n";
  };
  check_conversion(shuffled("scale=.5 zero_point=7"),
                   {"Multiply(Subtract(Reshape(Transpose(Reshape(x):u8):u8):u8, 7), 0.5)",
                    "Multiply(Subtract(Convert(Reshape(Transpose(Reshape(x):u8):u8):u8), 7), 0.5)"});
  check_conversion(
      shuffled("scale=[1,2,3,4,5,6]@1 zero_point=[1,2,3,4,5,6]@1"),
      {"Reshape(Transpose(Reshape(Multiply(Subtract(x, [1,2,3,4,5,6][1,6,1,1]), [1,2,3,4,5,6][1,6,1,1]))))",
       "unchanged"});
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("Reshape: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution(
          {"1,3,4,4", "Reshape(%, p) special_zero=false", "1,3,8,2", "p = Const value=[1,3,8,2] : i64[4]"}),
      {"Multiply(Convolution(Subtract(Reshape(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,3,1,1]), "
       "2:i8[1,3,1,1]), 0.0001)",
       "Convolution(Reshape(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}
