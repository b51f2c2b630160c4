// GRUSequence: GRUCell over time, forward, backward or both.
// Source: OpenVINO GRUSequence-5.
#include "ops/recurrent.hpp"

namespace lpt {

std::vector<OutputSpec> gru_sequence_infer(const Arguments& arguments) {
  return infer_recurrent(arguments, {Recurrence::gru, true});
}

void gru_sequence_evaluate(Evaluation& run) { evaluate_recurrent(run, {Recurrence::gru, true}); }

}  // namespace lpt
