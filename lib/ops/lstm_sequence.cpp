// LSTMSequence: LSTMCell over time, forward, backward or both.
// Source: OpenVINO LSTMSequence-5.
#include "ops/recurrent.hpp"

namespace lpt {

std::vector<OutputSpec> lstm_sequence_infer(const Arguments& arguments) {
  return infer_recurrent(arguments, {Recurrence::lstm, true});
}

void lstm_sequence_evaluate(Evaluation& run) { evaluate_recurrent(run, {Recurrence::lstm, true}); }

}  // namespace lpt
