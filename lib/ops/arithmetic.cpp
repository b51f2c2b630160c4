// Operations on two numbers, comparisons, and operations on bits, that are one formula. Source: OpenVINO's specification
// of the operation of each name.
#include "ops/elementwise_binary.hpp"

namespace lpt {

// Integers wrap around.
#define ARITHMETIC(name, formula)                                                                                      \
  void name##_evaluate(Evaluation& run) {                                                                              \
    evaluate_arithmetic(                                                                                               \
        run, [](auto first, auto second) { return wrapping(first, second, [](auto a, auto b) { return formula; }); }); \
  }
ARITHMETIC(add, a + b)
ARITHMETIC(multiply, a* b)
ARITHMETIC(squared_difference, (a - b) * (a - b))
ARITHMETIC(subtract, a - b)

#define CHOICE(name, formula)                                         \
  void name##_evaluate(Evaluation& run) {                             \
    evaluate_arithmetic(run, [](auto a, auto b) { return formula; }); \
  }
CHOICE(maximum, a > b ? a : b)
CHOICE(minimum, a < b ? a : b)

#define COMPARISON(name, formula)                                     \
  void name##_evaluate(Evaluation& run) {                             \
    evaluate_comparison(run, [](auto a, auto b) { return formula; }); \
  }
COMPARISON(equal, a == b)
COMPARISON(greater, a > b)
COMPARISON(greater_equal, a >= b)
COMPARISON(less, a < b)
COMPARISON(less_equal, a <= b)
COMPARISON(not_equal, a != b)
COMPARISON(logical_and, a != 0 && b != 0)
COMPARISON(logical_or, a != 0 || b != 0)
COMPARISON(logical_xor, (a != 0) != (b != 0))

#define BITS(name, formula)                                     \
  void name##_evaluate(Evaluation& run) {                       \
    evaluate_bits(run, [](auto a, auto b) { return formula; }); \
  }
BITS(bitwise_and, a& b)
BITS(bitwise_or, a | b)
BITS(bitwise_xor, a ^ b)

}  // namespace lpt
