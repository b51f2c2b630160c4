// Says why the quantized inputs of LSTMSequence stay real. Nothing moves: the runtime knows the operation by the
// dequantizations in front of its inputs, and what it gives is real.
//
//     x:u8 -> Dequantize -> LSTMSequence, h:u8 -> Dequantize -> LSTMSequence    stay, with integer weights
//
// Source  OpenVINO LPT, RecurrentCellTransformation.
#include "passes/propagate/recurrent.hpp"

namespace lpt {

Outcome propagate_lstm_sequence(Graph&, Node& node, PassContext& context) {
  return keep_before_recurrent(node, context);
}

}  // namespace lpt
