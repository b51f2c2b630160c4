#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diff/constant_value.hpp"
#include "exec/compare.hpp"
#include "exec/executor.hpp"

namespace lpt {

/// How the numbers that a layer gives were read.
enum class Reading {
  as_it_is,    ///< they are what they stand for
  listed,      ///< by the unit that the model lists
  from_graph,  ///< by the unit that their dequantization, or the range of a FakeQuantize, says
  fitted,      ///< by a scale and a zero point for each channel that fit best
};

/// How far a layer by itself, on the values that the first model has in front of it, is from the layer that is its
/// pair; in real units.
struct LayerDifference {
  const Node *before, *after;
  std::size_t port = 0;                    ///< of the output
  std::vector<const Node*> together = {};  ///< layers without a pair in front of `after`, which were run with it
  std::string problem = {};                ///< why it was not compared; otherwise empty
  const Node* blamed = after;              ///< the layer itself, or one of those, where it departs
  Reading reading = Reading::as_it_is;
  Distance distance = {};
  std::uint64_t count = 0, departing = 0;  ///< elements; those that are further apart than rounding
  std::uint64_t ties = 0;       ///< one step apart, where the value before rounding lay in the middle between two steps
  std::uint64_t roundings = 0;  ///< up to one step apart in the dialect type-relaxed, which rounds zero points
  double step = 0;              ///< the largest of its quantization, in real units; 0 where it does not quantize
  Lengths place = {};           ///< the element that departs furthest, where one does
  double is = 0, should_be = 0;              ///< its values
  std::optional<std::size_t> constant = {};  ///< the input that is a constant of another value, where one is
  ValueDifference constant_difference = {};

  bool departs() const { return departing != 0 || !distance.same_shape || constant; }
};

/// Compares the layers that `align` pairs, in the order in which the second model runs. The first model runs as a whole,
/// on inputs in the order of its own; of its tensors those are kept that a layer still is to be compared with.
/// throws  Error for a model that cannot be run
std::vector<LayerDifference> compare_layers(const Model& before, const Model& after, const std::vector<Tensor>& inputs,
                                            const RunOptions& options);

}  // namespace lpt
