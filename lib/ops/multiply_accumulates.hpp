#pragma once

#include <cstdint>
#include <optional>

#include "ir/graph.hpp"

namespace lpt {

/// How many products a layer adds up, as far as its static shapes tell.
///
///     Convolution, GroupConvolution          outputs * (input channels of a group * taps)
///     (Group)ConvolutionBackpropData         inputs * (output channels of a group * taps)
///     MatMul                                 outputs * length of the axis that is summed
///     RNN, GRU, LSTM: Cell, Sequence         batch * steps * (all of W + all of R); a cell has one step
///
/// Taps that meet padding count like all others; biases, gates and activations do not.
///
/// returns  0 for a layer of any other type, whatever its bodies do
/// empty    if an input, or a length that matters, is not known, or the number does not fit 63 bits
/// throws   LayerError if transpose_a is no boolean
std::optional<std::uint64_t> multiply_accumulates(const Node& node);

}  // namespace lpt
