#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_max_pool";
constexpr auto kPool =
    "MaxPool(%) kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor auto_pad=explicit";

}  // namespace

TEST_CASE("propagate_max_pool: moves a dequantization below the pool") {
  for (const char* both : {"scale=.02", "scale=.02 zero_point=128", "scale=[.02,.01,.03]@1 zero_point=[128,64,32]@1",
                           "scale=[.02,0,.03]@1"})
    check_moves(kPass, {"1,3,8,8", kPool, "1,3,4,4", both, both});
  check_moves(
      kPass,
      {"1,3,8,8",
       "MaxPool(%) kernel=[3,3] strides=[2,2] pads_begin=[1,1] pads_end=[1,1] rounding_type=floor auto_pad=explicit",
       "1,3,4,4", "scale=.02 zero_point=128", "scale=.02 zero_point=128"});
  check_moves(kPass, {"?,3,?,?", kPool, "?,3,?,?", "scale=[.02,.01,.03]@1", "scale=[.02,.01,.03]@1"});
}

TEST_CASE("propagate_max_pool: MaxPool-8 and 14, whose indices nobody reads, are the same operation") {
  for (const char* set : {"opset8", "opset14"}) {
    const auto model = [&](const char* data, const char* pool, const char* type, const char* end) {
      return std::string("x = Parameter : u8[1,3,8,8]\n") + data + pool + " = MaxPool@" + set + "(" +
             (data[0] != 0 ? "d" : "x") +
             ") strides=[2,2] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] kernel=[2,2] rounding_type=floor "
             "auto_pad=explicit "
             "index_element_type=i64 axis=2 : " +
             type + "[1,3,4,4], i64[1,3,4,4]\n" + end;
    };
    check_rewrite(
        kPass, model("d = Dequantize(x) scale=.02 : f32[1,3,8,8]\n", "y", "f32", "r = Result(y.0)\n"),
        model("", "y_original", "u8", "y = Dequantize(y_original.0) scale=.02 : f32[1,3,4,4]\nr = Result(y)\n"));
  }
}

TEST_CASE("propagate_max_pool: a negative scale would turn the maximum into the minimum") {
  check_stays(kPass, {"1,3,8,8", kPool, "1,3,4,4", "scale=-.02"}, "scale -0.02 is negative", Cause::scale_negative);
  check_stays(kPass, {"1,3,8,8", kPool, "1,3,4,4", "scale=[.02,-.01,.03]@1"}, "scale -0.01 is negative");
}

TEST_CASE("propagate_max_pool: parameters of other axes than the channels stay") {
  check_stays(kPass, {"2,3,8,8", kPool, "2,3,4,4", "scale=[1,2]@0"},
              "its scale of shape [2,1,1,1] is neither per-tensor nor along axis 1 of data of rank 4");
  check_stays(kPass, {"1,3,8,8", kPool, "1,3,4,4", "scale=[1,2,3,4,5,6,7,8]@2"},
              "its scale of shape [1,1,8,1] is neither per-tensor nor along axis 1 of data of rank 4");
}

TEST_CASE("propagate_max_pool: the other readers of the dequantization keep it") {
  check_rewrite(kPass, R"(
    x = Parameter                             : u8[1,3,8,8]
    d = Dequantize(x) scale=.1 zero_point=128 : f32[1,3,8,8]
    p = MaxPool(d) kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor auto_pad=explicit : f32[1,3,4,4]
    q = Sigmoid(d)                            : f32[1,3,8,8]
    r = Result(q)
    s = Sigmoid(p)                            : f32[1,3,4,4]
    t = Result(s)
  )",
                R"(
    x = Parameter                             : u8[1,3,8,8]
    d = Dequantize(x) scale=.1 zero_point=128 : f32[1,3,8,8]
    p = MaxPool(x) kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor auto_pad=explicit : u8[1,3,4,4]
    "p/DequantizationMultiply" = Dequantize(p) scale=.1 zero_point=128 : f32[1,3,4,4]
    q = Sigmoid(d)                            : f32[1,3,8,8]
    r = Result(q)
    s = Sigmoid("p/DequantizationMultiply")   : f32[1,3,4,4]
    t = Result(s)
  )");
}

TEST_CASE("propagate_max_pool: ShapeOf reads the integers, in both versions") {
  for (const char* shape_of : {"ShapeOf(%)", "ShapeOf@opset3(%) output_type=i64"}) {
    const auto with = [&](const char* data) {
      std::string text(shape_of);
      return "q = " + text.replace(text.find('%'), 1, data) + " : i64[4]\n";
    };
    const std::string pool =
        "MaxPool(%) kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor auto_pad=explicit "
        ": ";
    check_rewrite(kPass,
                  "x = Parameter : u8[?,3,8,8]\nd = Dequantize(x) scale=.1 : f32[?,3,8,8]\ny = " +
                      std::string(pool).replace(pool.find('%'), 1, "d") + "f32[?,3,4,4]\n" + with("y") +
                      "r = Result(y)\ns = Result(q)\n",
                  "x = Parameter : u8[?,3,8,8]\ny_original = " + std::string(pool).replace(pool.find('%'), 1, "x") +
                      "u8[?,3,4,4]\ny = Dequantize(y_original) scale=.1 : f32[?,3,4,4]\n" + with("y_original") +
                      "r = Result(y)\ns = Result(q)\n");
  }
}

// Row MP11: what an integer operation gives is in steps, though it is real.
TEST_CASE("MaxPool: the scale behind an integer Convolution goes on below") {
  std::string text = dequantized("a", "x = Parameter : u8[1,2,4,4]", "scale=.1");
  text += dequantized("w", filled("v", "2", "i8", "4,2,1,1"), "scale=[1,2,3,4]@0");
  text +=
      "c = Convolution(a, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[1,4,4,4]\ny = MaxPool(c) kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor "
      "auto_pad=explicit : f32[1,4,2,2]\nr = Result(y)\n";
  check_conversion(text, {"Multiply(MaxPool(Convolution(x, 2:i8[4,2,1,1])), [0.1,0.2,0.3,0.4][1,4,1,1])", "unchanged"});
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("MaxPool: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution({"1,3,8,8", kPool, "1,3,4,4"}),
      {"Multiply(Convolution(Subtract(MaxPool(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,3,1,1]), "
       "2:i8[1,3,1,1]), 0.0001)",
       "Convolution(MaxPool(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}

TEST_CASE("propagate_max_pool: a pool whose indices are read gets no integers") {
  check_refused(
      kPass,
      "x = Parameter : u8[1,3,8,8]\nd = Dequantize(x) scale=.1 : f32[1,3,8,8]\np = MaxPool@opset8(d) strides=[2,2] "
      "dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] kernel=[2,2] rounding_type=floor auto_pad=explicit "
      "index_element_type=i64 axis=2 : f32[1,3,4,4], i64[1,3,4,4]\nr = Result(p.0)\ns = Result(p.1)\n",
      "its indices are read, which differ between kernels where values tie", Cause::runtime_misreads_form);
}
