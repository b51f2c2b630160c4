#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fit_mat_mul_weights";

/// A MatMul y of quantized data q by weights w.
std::string product(std::string_view data, std::string_view weights, std::string_view out,
                    std::string_view parameters = "scale=.01 zero_point=3",
                    std::string_view attributes = "transpose_a=false transpose_b=true") {
  return fake_quantized("q", fmt::format("x = Parameter : f32[{}]", data), 256, {"0", "2.55"}) +
         dequantized("w", std::string(weights), parameters) +
         fmt::format("y = MatMul(q, w) {} : f32[{}]\nr = Result(y)\n", attributes, out);
}

}  // namespace

TEST_CASE("fit_mat_mul_weights: the sum of the data takes it") {
  const auto before = product("2,3", "v = Const value=[0,255,3,1,2,3] : u8[2,3]", "2,2");
  const auto after =
      fake_quantized("q", "x = Parameter : f32[2,3]", 256, {"0", "2.55"}) +
      dequantized("\"y/weights/DequantizationMultiply\"", "v_1 = Const value=[-128,127,-125,-127,-126,-125] : i8[2,3]",
                  "scale=.01") +
      "\"y/sum/axis\" = Const value=-1 : i64[]\n\"y/sum\" = ReduceSum(q, \"y/sum/axis\") keep_dims=true : f32[2,1]\n"
      "\"y/zero_point\" = Const value=1.25 : f32[]\n\"y/shift\" = Multiply(\"y/sum\", \"y/zero_point\") : f32[2,1]\n"
      "\"y/of_shifted_weights\" = MatMul(q, \"y/weights/DequantizationMultiply\") transpose_a=false transpose_b=true : "
      "f32[2,2]\ny = Add(\"y/of_shifted_weights\", \"y/shift\") : f32[2,2]\nr = Result(y)\n";
  // What is added to the product and taken off again costs a few of the last bits.
  check_rewrite(kPass, before, after, 1, 5e-6, Dialect::openvino);
}

TEST_CASE("fit_mat_mul_weights: a zero point for each column, i8, data of other ranks") {
  const auto check = [](const std::string& text) {
    INFO(text);
    const Converted converted(text, Dialect::openvino);
    check_same_function(parse_text(text), converted.model, 1e-5);
    CHECK(converted.context.fitted.layers == 1);
    CHECK(!converted.line("y/sum").empty());
  };
  check(product("2,3", "v = Const value=[0,255,3,1,2,3] : u8[2,3]", "2,2", "scale=[.01,.02]@0 zero_point=[3,9]@0"));
  check(product("5,2,3", "v = Const value=[0,255,3,1,2,3] : u8[3,2]", "5,2,2", "scale=[.01,.02]@1 zero_point=[3,9]@1",
                "transpose_a=false transpose_b=false"));
  check(product("3", "v = Const value=[-128,127,3,1,2,3] : i8[2,3]", "2", "scale=.01 zero_point=-9"));
}

TEST_CASE("fit_mat_mul_weights: left alone") {
  const auto* stored = "v = Const value=[0,255,3,1,2,3] : u8[2,3]";
  check_refused(kPass, product("3,2", stored, "2,2", "scale=.01 zero_point=3", "transpose_a=true transpose_b=true"),
                "its data is transposed, and its weights have a zero point", Cause::attributes_not_supported,
                Dialect::openvino);
  check_refused(kPass, product("2,3", stored, "2,2", "scale=.01 zero_point=[3,4,5]@1"),
                "the zero point of its weights varies along the rows", Cause::parameters_vary_along_axis,
                Dialect::openvino);
  check_refused(kPass, product("2,3", "v = Const value=[0,255,3] : u8[3]", "2"), "its weights are a vector",
                Cause::attributes_not_supported, Dialect::openvino);
  check_no_match(kPass, product("2,3", stored, "2,2"), Dialect::type_relaxed);
}
