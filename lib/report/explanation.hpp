#pragma once

#include <string>

#include "jobs/optimize.hpp"

namespace lpt {

/// "FakeQuantize over activations and f32 weights", and plainly what to do where there is nothing to convert.
std::string describe(const ModelKind& kind);

/// "9 of 10 operations with integer kernels in low precision, 98 % of 12.3 M multiply-accumulates"
std::string describe(const IntegerShare& share);

/// How the model comes, how much of it runs in integers, and a line for each operation that integer kernels exist for,
/// dearest first: its share of the multiply-accumulates and what it runs in; where that is float, the code, the reason,
/// and what to do.
std::string explanation(const OptimizeJob& job, const Optimized& result);

/// The story of one layer: how its inputs are quantized, each pass that looked at it or at what quantizes them, with
/// what it decided, and what it runs in.
std::string story(const Optimized& result);

/// `model.xml:12 "conv1" (Convolution)`, without the line for a layer that a pass added.
std::string place(const Model& model, const LayerLabel& layer);

/// The layers of a result for which is_heavy and that are live, the dearest first.
std::vector<const Node*> heavy_layers(const Model& model);

/// How the model comes, how much of it will run in integers, how many layers each reason keeps in float,
/// and what could saturate.
std::string check_text(const OptimizeJob& job, const Optimized& result);

/// One line for each gate that is missed: what was asked, what was found, which layers it costs.
std::vector<std::string> missed_gates(const Optimized& result);

}  // namespace lpt
