// Says why the quantized inputs of GRUSequence stay real. Nothing moves: the runtime knows the operation by the
// dequantizations in front of its inputs, and what it gives is real.
//
//     x:u8 -> Dequantize -> GRUSequence, h:u8 -> Dequantize -> GRUSequence    stay, with integer weights
//
// Source  OpenVINO LPT, RecurrentCellTransformation.
#include "passes/propagate/recurrent.hpp"

namespace lpt {

Outcome propagate_gru_sequence(Graph&, Node& node, PassContext& context) {
  return keep_before_recurrent(node, context);
}

}  // namespace lpt
