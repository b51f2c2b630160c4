#pragma once

#include "quant/activation_quantization.hpp"
#include "quant/dequantization.hpp"

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

}  // namespace lpt
