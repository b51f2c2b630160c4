#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "ir/graph.hpp"

namespace lpt {

/// A row of facts.def.
struct OperationFacts {
  enum Integers { keeps, computes, linear, stated };

  std::string_view type;
  std::size_t least_inputs;
  Integers integers;
  /// The axes of the weights, input 1, that count output channels; empty for what has no such weights.
  std::vector<std::size_t> output_channel_axes;
};

/// null for an operation that the transformations do not know
const OperationFacts* find_facts(std::string_view type);

/// Its integer output has the type of its integer input: Concat, Reshape, MaxPool and the like.
bool preserves_type(const Node& node);

/// A Convert, or a Multiply, Add or Subtract with a constant: what becomes part of a dequantization, or of a kernel.
bool is_linear(const Node& node);

/// Convolution, GroupConvolution and their like of the other direction.
bool is_convolution(const Node& node);

/// What a kernel for integers would sum up: a convolution or a MatMul.
bool sums_products(const Node& node);

/// LSTMSequence and GRUSequence.
bool is_recurrent_sequence(const Node& node);

}  // namespace lpt
