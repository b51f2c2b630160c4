#pragma once

#include "passes/propagation.hpp"
#include "quant/activation_quantization.hpp"

namespace lpt {

/// Repeats the end of a range that has one value where the other has one for each channel. OpenVINO's LPT takes the
/// scale of the first channel for all of them where the ends of an output range have different shapes. Measured with
/// 2026.4.
void in_one_shape(SmallTensor& low, SmallTensor& high);

/// Gives a FakeQuantize another input or output range; the ends of the latter get one shape.
enum class Side { input, output };
void set_range(Graph& graph, Node& fake_quantize, Side side, SmallTensor low, SmallTensor high);

/// Lets a FakeQuantize give integers, or read them.
void relax_fake_quantize(Graph& graph, Node& fake_quantize, ElementType output);

/// A constant that the range of a FakeQuantize can take in: one element, or along axes 0 and 1 of data whose shape the
/// operation keeps.
bool fits_range(const Node& operation, const SmallTensor& constant);

/// True where OpenVINO's CPU cannot be trusted with a parameter for each channel, in a FakeQuantize or a scale in front
/// of one, run in f32 on the real edges of a dialect: behind a MatMul of rank 3 and more, which it refuses to compile,
/// and behind a grouped Convolution, where it forgets to round to steps of 1; right behind, or behind what it runs as
/// one kernel with them. Measured with 2026.4.
bool is_unsafe_behind(Value data, const SmallTensor& parameter, const Conversion& conversion);

/// True where OpenVINO's CPU cannot be trusted with data that is multiplied channel by channel: of unknown lengths, and
/// on its way through ReLU, Clamp or Add to a FakeQuantize, which it runs with the factor of the first channel for all.
/// Measured with 2026.4.
bool channels_are_unsafe_in(Value data);

/// The only reader of a value; null if there are none or several.
Node* single_reader(Value value);

/// True for the chain in front of a recurrent operation that takes it as it is.
bool feeds_recurrent(const Node& multiply, const Conversion& conversion);

}  // namespace lpt
