#pragma once

#include "ops/operation.hpp"

namespace lpt {

/// What RNN, GRU and LSTM layers have in common. Gates come in the order of the weights: RNN has one, GRU z, r, h, LSTM
/// f, i, c, o. All is computed in f32.
enum class Recurrence { rnn, gru, lstm };

/// The places of a layer's inputs; cells have neither an axis of time nor one of directions.
struct RecurrentForm {
  Recurrence kind;
  bool sequence;
};

/// Outputs of a cell ([batch, hidden], for LSTM also the cell state) or a sequence (all steps, then the last ones).
/// throws  LayerError if shapes or attributes do not fit
std::vector<OutputSpec> infer_recurrent(const Arguments& arguments, RecurrentForm form);
void evaluate_recurrent(Evaluation& run, RecurrentForm form);

}  // namespace lpt
