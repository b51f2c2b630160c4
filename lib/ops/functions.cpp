// Functions of one number without attributes. Source: OpenVINO's specification of the operation of each name.
#include "ops/elementwise_unary.hpp"

namespace lpt {

// Functions of real numbers, of tensor/functions.def and of std.
#define KERNEL(name)                                                \
  void name##_evaluate(Evaluation& run) {                           \
    evaluate_function(run, [](const auto& of) { return of.name; }); \
  }
#define REAL(name, formula)                             \
  void name##_evaluate(Evaluation& run) {               \
    evaluate_real(run, [](auto x) { return formula; }); \
  }
REAL(acos, std::acos(x))
REAL(acosh, std::acosh(x))
REAL(asin, std::asin(x))
REAL(asinh, std::asinh(x))
REAL(atan, std::atan(x))
REAL(atanh, std::atanh(x))
KERNEL(cos)
REAL(cosh, std::cosh(x))
KERNEL(erf)
KERNEL(exp)
KERNEL(h_sigmoid)
KERNEL(h_swish)
REAL(log, std::log(x))
KERNEL(mish)
KERNEL(sigmoid)
KERNEL(sin)
REAL(sinh, std::sinh(x))
KERNEL(soft_plus)
KERNEL(soft_sign)
REAL(sqrt, std::sqrt(x))
REAL(tan, std::tan(x))
KERNEL(tanh)

// Functions of any number; the smallest integer has no negative and stays as it is.
#define NUMBER(name, formula)                             \
  void name##_evaluate(Evaluation& run) {                 \
    evaluate_number(run, [](auto x) { return formula; }); \
  }
NUMBER(abs, x < 0 ? wrapping_negative(x) : x)
NUMBER(negative, wrapping_negative(x))
NUMBER(sign, x > 0 ? decltype(x){1} : x < 0 ? static_cast<decltype(x)>(-1) : x)

// Roundings.
#define WHOLE(name, formula)                                \
  void name##_evaluate(Evaluation& run) {                   \
    evaluate_rounding(run, [](auto x) { return formula; }); \
  }
WHOLE(ceiling, std::ceil(x))
WHOLE(floor, std::floor(x))

// Questions about real numbers.
#define TEST(name, formula)                             \
  void name##_evaluate(Evaluation& run) {               \
    evaluate_test(run, [](auto x) { return formula; }); \
  }
TEST(is_finite, std::isfinite(x))
TEST(is_nan, std::isnan(x))

void logical_not_evaluate(Evaluation& run) {
  if (run.input(0).type() != ElementType::boolean)
    throw LayerError("its input is {}, should be boolean", name(run.input(0).type()));
  apply_unary<std::uint8_t, std::uint8_t>(run, 1, [](std::uint8_t x) { return static_cast<std::uint8_t>(x == 0); });
}

}  // namespace lpt
