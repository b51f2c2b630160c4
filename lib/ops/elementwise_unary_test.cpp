// Values worked out from the formulas of the operation specifications.
#include <catch2/catch.hpp>
#include <cmath>

#include "testing/check_operation.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr double kLastBits = 2e-7;
constexpr auto kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr auto kInf = std::numeric_limits<float>::infinity();

void check(const char* type, const std::vector<float>& in, const std::vector<float>& out, double tolerance = kLastBits,
           const char* attributes = "") {
  const Lengths lengths{static_cast<std::int64_t>(in.size())};
  check_operation(type, attributes, {f32(lengths, in)}, {f32(lengths, out)}, tolerance);
}

}  // namespace

TEST_CASE("exact formulas of one input") {
  check("ReLU", {-1, 0, 2.5F}, {0, 0, 2.5F}, 0);
  check("Abs", {-1.5F, 0, 2}, {1.5F, 0, 2}, 0);
  check("Negative", {-1.5F, 0, 2}, {1.5F, 0, -2}, 0);
  check("Sign", {-3, 0, 7}, {-1, 0, 1}, 0);
  check("Floor", {-1.5F, 1.5F, 2}, {-2, 1, 2}, 0);
  check("Ceiling", {-1.5F, 1.5F, 2}, {-1, 2, 2}, 0);
  check("Sqrt", {0, 4, 2.25F}, {0, 2, 1.5F}, 0);
  check("Clamp", {-2, 0.5F, 3}, {-1, 0.5F, 2}, 0, "min=-1 max=2");
  check("SoftSign@opset9", {-3, 0, 1}, {-0.75F, 0, 0.5F}, 0);
}

TEST_CASE("Round to the even one of two, or away from zero") {
  check("Round@opset5", {0.5F, 1.5F, 2.5F, -0.5F, -2.5F, 2.4F}, {0, 2, 2, 0, -2, 2}, 0, "mode=half_to_even");
  check("Round@opset5", {0.5F, 1.5F, 2.5F, -0.5F, -2.5F, 2.4F}, {1, 2, 3, -1, -3, 2}, 0, "mode=half_away_from_zero");
}

TEST_CASE("exponentials and what is made of them") {
  check("Exp", {0, 1, -1}, {1, 2.7182818F, 0.36787944F});
  check("Log", {1, 2.7182818F, 0.25F}, {0, 1, -1.3862944F});
  check("Sigmoid", {0, 1.0986123F, -1.0986123F}, {0.5F, 0.75F, 0.25F});  // x = ln 3
  check("Tanh", {0, 0.54930614F}, {0, 0.5F});                            // x = ln(3) / 2
  check("Erf", {0, 1, -1}, {0, 0.8427008F, -0.8427008F});
  check("SoftPlus@opset4", {0, 1, 30}, {0.6931472F, 1.3132617F, 30});
  check("Elu", {-0.6931472F, 0, 2}, {-1, 0, 2}, kLastBits, "alpha=2");  // 2 * (1/2 - 1)
  check("Mish@opset4", {0, 0.5413249F}, {0, 0.5413249F * 0.7615942F});  // softplus(ln(e - 1)) = 1, tanh 1
  check("Swish@opset4", {0, 1.0986123F}, {0, 1.0986123F * 0.75F});
  check("Gelu@opset7", {0, 1.4142135F, -1.4142135F}, {0, 1.3029862F, -0.1112273F}, 1e-6, "approximation_mode=ERF");
  check("Gelu@opset7", {0, 1}, {0, 0.841192F}, 1e-6, "approximation_mode=TANH");
}

TEST_CASE("piecewise linear activations") {
  check("HSwish@opset4", {-4, -3, 0, 3, 1}, {0, 0, 0, 3, 4.0F / 6});
  check("HSigmoid@opset5", {-4, 0, 3, 1}, {0, 0.5F, 1, 4.0F / 6});
}

TEST_CASE("angles") {
  const float pi = 3.14159265F;
  check("Sin", {0, pi / 2, pi / 6}, {0, 1, 0.5F});
  check("Cos", {0, pi / 2, pi / 3}, {1, 0, 0.5F});
  check("Tan", {0, pi / 4}, {0, 1});
  check("Asin", {0, 1, 0.5F}, {0, pi / 2, pi / 6});
  check("Acos", {1, 0, 0.5F}, {0, pi / 2, pi / 3});
  check("Atan", {0, 1}, {0, pi / 4});
  check("Sinh", {0, 0.6931472F}, {0, 0.75F});  // (2 - 1/2) / 2
  check("Cosh", {0, 0.6931472F}, {1, 1.25F});  // (2 + 1/2) / 2
  check("Asinh@opset4", {0, 0.75F}, {0, 0.6931472F});
  check("Acosh@opset4", {1, 1.25F}, {0, 0.6931472F});
  check("Atanh@opset4", {0, 0.5F}, {0, 0.54930614F});
}

TEST_CASE("activations whose parameters are inputs") {
  const auto scalar = [](float x) { return f32({}, {x}); };
  check_operation("Selu", "", {f32({2}, {-0.6931472F, 3}), scalar(2), scalar(0.5F)}, {f32({2}, {-0.5F, 1.5F})},
                  kLastBits);
  check_operation("HardSigmoid", "", {f32({3}, {-10, 1, 10}), scalar(0.25F), scalar(0.5F)}, {f32({3}, {0, 0.75F, 1})});
  check_operation("Swish@opset4", "", {f32({1}, {0.5F}), scalar(2)}, {f32({1}, {0.5F * 0.7310586F})}, kLastBits);
  check_operation_refused("Selu", "", {f32({1}, {1})}, "has 1 inputs, needs at least 2");
  check_operation_refused("Selu", "", {f32({1}, {1}), f32({2}, {1, 1}), scalar(1)},
                          "input 1 is [2], should be one number");
}

TEST_CASE("integers keep their type; bounds of Clamp are rounded inwards") {
  const auto i32 = [](std::vector<double> x) {
    return tensor_of(ElementType::i32, {static_cast<std::int64_t>(x.size())}, x);
  };
  check_operation("ReLU", "", {i32({-5, 5})}, {i32({0, 5})});
  check_operation("Clamp", "min=-1.5 max=2.5", {i32({-5, 0, 5})}, {i32({-1, 0, 2})});
  check_operation("Negative", "", {i32({-2147483648.0, 3})}, {i32({-2147483648.0, -3})});
  check_operation("Abs", "", {i32({-2147483648.0, -3})}, {i32({-2147483648.0, 3})});
  CHECK_THROWS_WITH(parse_text("x = Parameter : f32[1]\ny = Clamp(x) min=2 max=1 : f32[1]\nr = Result(y)\n"),
                    "line 2: min is 2, should not be above max 1 at \"\"");
}

TEST_CASE("16-bit reals are computed in float and rounded once") {
  // 1 + 2^-11 lies between two f16; e^x of the nearest one, 1, is 2.71828, of which f16 keeps 2.71875.
  check_operation("Exp", "", {tensor_of(ElementType::f16, {1}, {1.00048828125})},
                  {tensor_of(ElementType::f16, {1}, {2.71875})});
  check_operation("Sqrt", "", {tensor_of(ElementType::bf16, {1}, {2})},
                  {tensor_of(ElementType::bf16, {1}, {1.4140625})});
}

TEST_CASE("questions and truth values") {
  const auto truth = [](std::vector<double> x) {
    return tensor_of(ElementType::boolean, {static_cast<std::int64_t>(x.size())}, x);
  };
  check_operation("IsNaN@opset10", "", {f32({3}, {0, kNaN, kInf})}, {truth({0, 1, 0})});
  check_operation("IsFinite@opset10", "", {f32({3}, {0, kNaN, -kInf})}, {truth({1, 0, 0})});
  check_operation("LogicalNot", "", {truth({0, 1})}, {truth({1, 0})});
  check_operation_refused("LogicalNot", "", {f32({1}, {0})}, "its input is f32, should be boolean");
}

TEST_CASE("Convert cuts fractions, wraps around, and turns all but 0 into true") {
  const auto to = [](const char* type) { return std::string("destination_type=") + type; };
  const auto x = f32({4}, {300.7F, -1.5F, 0.9F, 127});
  check_operation("Convert", to("u8"), {x}, {tensor_of(ElementType::u8, {4}, {44, 255, 0, 127})});
  check_operation("Convert", to("i32"), {x}, {tensor_of(ElementType::i32, {4}, {300, -1, 0, 127})});
  check_operation("Convert", to("boolean"), {f32({3}, {0, 0.25F, -1})},
                  {tensor_of(ElementType::boolean, {3}, {0, 1, 1})});
  check_operation("Convert", to("f32"), {tensor_of(ElementType::boolean, {2}, {0, 1})}, {f32({2}, {0, 1})});
  check_operation("ConvertLike", "", {x, i64({1}, {0})}, {i64({4}, {300, -1, 0, 127})});
}
