// Swish: x / (1 + e^(-beta * x)); beta is 1 unless there is a second input.
// Source: OpenVINO Swish-4.
#include "ops/elementwise_unary.hpp"

namespace lpt {

void swish_evaluate(Evaluation& run) {
  const double beta = run.input_count() > 1 ? required_real(run.arguments(), 1) : 1;
  evaluate_function(run, [beta]<class T>(const Functions<T>& of) {
    return [&of, beta](const T* in, T* out, std::int64_t count) { of.swish(in, out, count, static_cast<T>(beta)); };
  });
}

}  // namespace lpt
