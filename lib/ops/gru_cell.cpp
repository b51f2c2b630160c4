// GRUCell: z = f(Wz x + Rz h + bz), r = f(Wr x + Rr h + br), n = g(Wn x + Rn (r h) + bn), h = (1 - z) n + z h;
// with linear_before_reset n = g(Wn x + r (Rn h + b3) + b2).
// Source: OpenVINO GRUCell-3.
#include "ops/recurrent.hpp"

namespace lpt {

std::vector<OutputSpec> gru_cell_infer(const Arguments& arguments) {
  return infer_recurrent(arguments, {Recurrence::gru, false});
}

void gru_cell_evaluate(Evaluation& run) { evaluate_recurrent(run, {Recurrence::gru, false}); }

}  // namespace lpt
