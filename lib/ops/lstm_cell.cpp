// LSTMCell: c = f(..) c + f(..) g(..), h = f(..) h(c), gates f, i, c, o.
// Source: OpenVINO LSTMCell-1, LSTMCell-4.
#include "ops/recurrent.hpp"

namespace lpt {

std::vector<OutputSpec> lstm_cell_infer(const Arguments& arguments) {
  return infer_recurrent(arguments, {Recurrence::lstm, false});
}

void lstm_cell_evaluate(Evaluation& run) { evaluate_recurrent(run, {Recurrence::lstm, false}); }

}  // namespace lpt
