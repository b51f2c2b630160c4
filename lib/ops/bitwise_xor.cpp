// BitwiseXor: the bits that exactly one has.
// Source: OpenVINO BitwiseXor-13.
#include "ops/elementwise_binary.hpp"

namespace lpt {

void bitwise_xor_evaluate(Evaluation& run) {
  evaluate_bits(run, [](auto a, auto b) { return static_cast<decltype(a)>(a ^ b); });
}

}  // namespace lpt
