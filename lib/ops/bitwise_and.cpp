// BitwiseAnd: the bits that both have.
// Source: OpenVINO BitwiseAnd-13.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void bitwise_and_evaluate(Evaluation& run) {
  evaluate_bits(run, [](auto a, auto b) { return static_cast<decltype(a)>(a & b); });
}

}  // namespace lpt
