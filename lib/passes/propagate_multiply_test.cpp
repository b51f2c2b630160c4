#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"
#include "passes/check_weighted.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_multiply";
using Branch = BranchText;

std::string before(const Branch& a, const Branch& b) { return branches_text("Multiply", a, b); }

}  // namespace

// Rows MP.. of the specification.
TEST_CASE("propagate_multiply: one input is taken as it is, the other takes both scales") {
  const auto check = [](const char* first, std::string_view scale, std::string_view zero_point) {
    std::string text =
        "x = Parameter : u8[1,4,2,2]\nz = Parameter : u8[1,4,2,2]\n\"y/input/DequantizationConvert\" = Convert(x) : "
        "f32[1,4,2,2]\n";
    std::string value = "\"y/input/DequantizationConvert\"";
    if (!zero_point.empty()) {
      text += fmt::format(
          "\"y/input/zero_point\" = Const value={} : f32[]\n\"y/input/DequantizationSubtract\" = Subtract({}, "
          "\"y/input/zero_point\") : f32[1,4,2,2]\n",
          zero_point, value);
      value = "\"y/input/DequantizationSubtract\"";
    }
    text += fmt::format(
        "\"y/input/scale\" = Const value={} : f32[]\n\"y/input/DequantizationMultiply\" = Multiply({}, "
        "\"y/input/scale\") : f32[1,4,2,2]\n",
        scale, value);
    text +=
        "y = Multiply@type_relaxed_opset1(\"y/input/DequantizationMultiply\", z) type_relax=true "
        "input_data_types=[f32,f32] output_data_types=f32 : f32[1,4,2,2]\nr = Result(y)\n";
    check_rewrite(kPass, before({"u8", "1,4,2,2", first}, {"u8", "1,4,2,2", "scale=7"}), text, 1, 1e-6);
  };
  check("scale=10 zero_point=2", "70", "2");
  check("scale=10", "70", "");
}

TEST_CASE("propagate_multiply: a constant joins the scale") {
  const auto with = [](const char* dq, const char* product, const char* constant) {
    return fmt::format(
        "x = Parameter : i8[1,3,2,2]\nc = {}\na = Dequantize(x) {} : f32[1,3,2,2]\ny = Multiply({}) : f32[1,3,2,2]\nr "
        "= Result(y)\n",
        constant, dq, product);
  };
  const auto without = [](const char* dq) {
    return fmt::format("x = Parameter : i8[1,3,2,2]\ny = Dequantize(x) {} : f32[1,3,2,2]\nr = Result(y)\n", dq);
  };
  for (const char* order : {"a, c", "c, a"}) {
    check_rewrite(kPass, with("scale=10", order, "Const value=7 : f32[]"), without("scale=70"), 1, 1e-6);
    check_rewrite(kPass, with("scale=10 zero_point=18", order, "Const value=7 : f32[]"),
                  without("scale=70 zero_point=18"), 1, 1e-6);
    check_rewrite(kPass, with("scale=10 zero_point=18", order, "Const value=[1,2,3] : f32[1,3,1,1]"),
                  without("scale=[10,20,30]@1 zero_point=18"), 1, 1e-6);
  }
}

TEST_CASE("propagate_multiply: a zero point of the input that is taken as it is, and real data, are refused") {
  check_refused(kPass, before({"u8", "1,4,2,2", "scale=10 zero_point=2"}, {"u8", "1,4,2,2", "scale=7 zero_point=3"}),
                "the input to be taken as it is has a zero point");
  check_refused(kPass, before({"u8", "1,4,2,2", "scale=10"}, {"u8", "1,4,2,2", "scale=7 zero_point=2"}),
                "the input to be taken as it is has a zero point");
  check_refused(kPass, before({"u8", "1,4,2,2", "scale=10 zero_point=2"}, {"f32", "1,4,2,2", ""}),
                "one of its inputs is not quantized");
}
