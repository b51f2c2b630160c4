// BitwiseOr: the bits that one or both have.
// Source: OpenVINO BitwiseOr-13.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void bitwise_or_evaluate(Evaluation& run) {
  evaluate_bits(run, [](auto a, auto b) { return static_cast<decltype(a)>(a | b); });
}

}  // namespace lpt
