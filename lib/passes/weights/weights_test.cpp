// Zero points of stored weights, in every integer type that the graph may keep them in.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

struct ZeroPoints {
  std::string_view type, values;  ///< two of them
};

// What one byte would not hold, where the type does.
constexpr ZeroPoints kZeroPoints[] = {
    {"i8", "[-128,3]"},   {"u8", "[200,3]"},          {"i16", "[-300,3]"},
    {"u16", "[65535,3]"}, {"i32", "[-70000,123456]"}, {"i64", "[-5,1000000]"},
};
/// Of types that are not read.
constexpr ZeroPoints kOthers[] = {{"i4", "[-8,7]"}, {"u4", "[15,3]"}, {"u32", "[70000,3]"}, {"u64", "[5,3]"}};

/// `base`, what `data` of a shape means: scales 1 and 2 and the zero points have the shape `parameters`. All layers
/// have the names that passes give them.
std::string shifted(std::string_view base, std::string_view data, std::string_view shape, const ZeroPoints& zero,
                    std::string_view parameters) {
  return fmt::format(
      "\"{0}/DequantizationConvert\" = Convert({1}) : f32[{2}]\n\"{0}/zero_point\" = Const value={4} : "
      "{3}[{5}]\n\"{0}/zero_point/convert\" = Convert(\"{0}/zero_point\") : f32[{5}]\n\"{0}/DequantizationSubtract\" = "
      "Subtract(\"{0}/DequantizationConvert\", \"{0}/zero_point/convert\") : f32[{2}]\n\"{0}/scale\" = Const "
      "value=[1,2] : f32[{5}]\n{0} = Multiply(\"{0}/DequantizationSubtract\", \"{0}/scale\") : f32[{2}]\n",
      base, data, shape, zero.type, zero.values, parameters);
}

std::string reshaped(const ZeroPoints& zero) {
  return "w = Const value=[1,2,3,4,5,6] : i8[2,3]\n" + shifted("d", "w", "2,3", zero, "2,1") +
         "p = Const value=[2,3,1,1] : i64[4]\ny = Reshape(d, p) special_zero=false : f32[2,3,1,1]\nr = Result(y)\n";
}

std::string transposed(const ZeroPoints& zero) {
  return "w = Const value=[1,2,3,4,5,6] : i8[2,3]\n" + shifted("d", "w", "2,3", zero, "2,1") +
         "o = Const value=[1,0] : i64[2]\ny = Transpose(d, o) : f32[3,2]\nr = Result(y)\n";
}

void check_pipeline(const std::string& text) {
  INFO(text);
  const auto model = parse_text(text);
  for (const auto dialect : {Dialect::openvino, Dialect::type_relaxed})
    check_same_function(model, Converted(text, dialect).model, 0);
}

}  // namespace

TEST_CASE("zero points of moved weights keep their values in their type") {
  for (const auto& zero : kZeroPoints) {
    INFO(zero.type);
    check_rewrite("fold_reshape_into_weights", reshaped(zero),
                  "w_1 = Const value=[1,2,3,4,5,6] : i8[2,3,1,1]\n" + shifted("y", "w_1", "2,3,1,1", zero, "2,1,1,1") +
                      "r = Result(y)\n");
    check_rewrite(
        "fold_transpose_into_weights", transposed(zero),
        "w_1 = Const value=[1,4,2,5,3,6] : i8[3,2]\n" + shifted("y", "w_1", "3,2", zero, "1,2") + "r = Result(y)\n");
  }
  for (const auto& zero : kOthers) {
    INFO(zero.type);
    check_no_match("fold_reshape_into_weights", reshaped(zero));
    check_no_match("fold_transpose_into_weights", transposed(zero));
  }
}

TEST_CASE("zero points of moved weights, through the whole pipeline") {
  for (const auto& zero : kZeroPoints) {
    check_pipeline(reshaped(zero));
    check_pipeline(transposed(zero));
  }
  for (const auto& zero : kOthers) check_pipeline(reshaped(zero));
}
