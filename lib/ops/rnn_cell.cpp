// RNNCell: h = f(W x + R h + b).
// Source: OpenVINO RNNCell-0.
#include "ops/recurrent.hpp"

namespace lpt {

std::vector<OutputSpec> rnn_cell_infer(const Arguments& arguments) {
  return infer_recurrent(arguments, {Recurrence::rnn, false});
}

void rnn_cell_evaluate(Evaluation& run) { evaluate_recurrent(run, {Recurrence::rnn, false}); }

}  // namespace lpt
