#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_assign";

/// A state that is given `a`, which the lines declare.
std::string state(std::string_view lines, std::string_view initial = "[0,0,0]") {
  return fmt::format(
      "i = Const value={} : f32[1,3]\nv = ReadValue@opset6(i) variable_id=s variable_shape=[1,3] variable_type=f32 : "
      "f32[1,3]\n{}\nw = Assign@opset6(a) variable_id=s : f32[1,3]\nq = Sigmoid(v) : f32[1,3]\nr = Result(q)\n",
      initial, lines);
}
std::string integers(std::string_view dequantization) {
  return dequantized("a", "x = Parameter : u8[1,3]", dequantization);
}

}  // namespace

// Law: the state is s times what is kept, since it begins with 0. What it holds is part of a model that others call.
TEST_CASE("propagate_assign: a state keeps integers where integers are spelled out") {
  const auto text = state(integers("scale=3"));
  const Converted relaxed(text, Dialect::type_relaxed);
  CHECK(relaxed.line("v").find("variable_type=u8 : u8[1,3]") != std::string::npos);
  CHECK(relaxed.line("w").find("Assign@opset6(x) variable_id=s : u8[1,3]") != std::string::npos);
  check_conversion(text, {"Sigmoid(Multiply(ReadValue(0:u8[1,3]):u8, 3))", "unchanged"});
}

TEST_CASE("propagate_assign: a state that cannot be kept in integers stays real") {
  const auto refused = [](const std::string& text, Dialect dialect, std::string_view reason, Cause code) {
    check_conversion_refused(kPass, text, dialect, reason, code);
  };
  refused(state(integers("scale=3")), Dialect::openvino, "a state is part of the model's interface",
          Cause::state_kept_real);
  refused(state(integers("scale=3"), "[5,5,5]"), Dialect::type_relaxed, "its state does not begin with 0",
          Cause::state_kept_real);
  refused(state(integers("scale=3 zero_point=7")), Dialect::type_relaxed, "its input has a zero point",
          Cause::zero_point_not_supported);
  const auto product = dequantized("b", "x = Parameter : u8[1,4]", "scale=.1") +
                       dequantized("k", filled("u", "2", "i8", "4,3"), "scale=.01") +
                       "a = MatMul(b, k) transpose_a=false transpose_b=false : f32[1,3]";
  refused(state(product), Dialect::type_relaxed, "its input is not of integers", Cause::input_of_other_type);
}
