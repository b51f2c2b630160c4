// RNNSequence: RNNCell over time, forward, backward or both.
// Source: OpenVINO RNNSequence-5.
#include "ops/recurrent.hpp"

namespace lpt {

std::vector<OutputSpec> rnn_sequence_infer(const Arguments& arguments) {
  return infer_recurrent(arguments, {Recurrence::rnn, true});
}

void rnn_sequence_evaluate(Evaluation& run) { evaluate_recurrent(run, {Recurrence::rnn, true}); }

}  // namespace lpt
