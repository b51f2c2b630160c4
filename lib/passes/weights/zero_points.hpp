#pragma once

#include "passes/weights/stored_weights.hpp"

namespace lpt {

/// The stored weights, u8 or i8, of a layer that OpenVINO could run in integers if they had no zero point; it has one
/// here, perhaps of 0. Whole, and a value of the type; its weights are right in front of the layer.
std::optional<Dequantization> weights_with_zero_point(const Node& layer, const PassContext& context);

/// Stores those of a layer in i8, without the zero point; the differences fit.
void store_without_zero_point(Graph& graph, Node& layer, const Dequantization& weights, PassContext& context);

}  // namespace lpt
