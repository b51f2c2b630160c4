#pragma once

#include "passes/propagate/propagation.hpp"

namespace lpt {

/// Refuses an LSTMSequence or GRUSequence that does not take quantized inputs: its weights have to be integers without
/// a zero point, or real, and its bias a constant.
Expected<void> check_recurrent(const Node& node, const PassContext& context);

/// True for a recurrent sequence that keeps the dequantization of its inputs in front of it, in a dialect that says so.
bool takes_quantized_inputs(const Node& node, const PassContext& context);

/// True for the chain in front of such an operation, that ends in `multiply`.
bool feeds_recurrent(const Node& multiply, const PassContext& context);

/// What a sequence does with the dequantization in front of its inputs: it stays.
Outcome keep_before_recurrent(Node& node, PassContext& context);

}  // namespace lpt
