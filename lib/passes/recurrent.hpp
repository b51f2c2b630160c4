#pragma once

#include "passes/propagation.hpp"

namespace lpt {

/// Why an LSTMSequence or GRUSequence does not take quantized inputs: its weights have to be integers without a zero
/// point, or real, and its bias a constant. Empty if it does.
std::optional<std::string> unusable_recurrent(const Node& node, const Conversion& conversion);

/// True for a recurrent sequence that keeps the dequantization of its inputs in front of it, in a dialect that says so.
bool takes_quantized_inputs(const Node& node, const Conversion& conversion);

/// What a sequence does with the dequantization in front of its inputs: it stays.
Outcome keep_before_recurrent(Node& node, Conversion& conversion);

}  // namespace lpt
