#pragma once

#include <optional>

#include "diff/units.hpp"
#include "quant/weights_quantization.hpp"
#include "tensor/tensor.hpp"

namespace lpt {

/// What the elements of a tensor stand for, as f64; without a unit that is what they are.
/// throws  LayerError if the unit does not broadcast to the tensor
Tensor real_of(const Tensor& tensor, const Unit* unit);

/// The other way; integers are rounded, to what their type has.
Tensor in_unit(const Tensor& real, const Unit* unit, ElementType type);

/// The unit in which `other` is nearest to real values: least squares of a zero point, and of a scale if none is given,
/// for each channel, or for all where channels have few elements.
Unit fitted(const Tensor& real, const Tensor& other, std::size_t axis, const SmallTensor* scale = nullptr);

/// For each element of a tensor its own parameter.
Tensor spread(const SmallTensor& parameters, const Tensor& tensor);

double largest_magnitude(const Tensor& real);

/// Further apart than is allowed; NaN is equal to NaN.
bool is_apart(double a, double b, double allowed);

/// A FakeQuantize of constant ranges.
struct Quantization {
  RangeEnds ends;
  float last_step;

  static std::optional<Quantization> of(const Node& node);

  /// Between two of the values that it gives.
  SmallTensor step() const;
  /// By how many steps what it reads is off the middle between two.
  Tensor off_middle(const Tensor& input) const;
};

}  // namespace lpt
