#pragma once

#include <functional>
#include <optional>

#include "driver/context.hpp"
#include "refusal/refusal.hpp"

namespace lpt {

/// What the passes have in common that let an operation work on stored values: its dequantization moves from before it
/// to behind it.

/// What an operation gives once it works on stored values.
enum class Gives {
  keeps_integers,  ///< integers of the type that it reads
  model_real,      ///< real numbers of the model's type, in steps
  f32              ///< the same in f32: sums of steps that f16 might not hold
};

/// Lets `node`, which reads `above.stored` at input 0 from now on, be dequantized by `below`.
Outcome move_below(Graph& graph, Node& node, const Dequantization& above, const Dequantization& below, Gives gives,
                   PassContext& context);

/// Says what a parameter of the data becomes behind an operation; empty if nothing does.
using ParameterMap = std::function<std::optional<SmallTensor>(const SmallTensor&)>;

/// Moves a dequantization below an operation that keeps types. A uniform parameter becomes a scalar; others become what
/// `map` says.
Outcome move_mapped(Graph& graph, Node& node, const Dequantization& above, const ParameterMap& map,
                    PassContext& context);

/// The map of an operation that only moves elements.
ParameterMap by_moving(const Node& node);
/// The map of an operation that passes no parameter but a uniform one.
std::optional<SmallTensor> no_map(const SmallTensor& parameter);

/// The dequantization of input 0, whatever axis its parameters lie along, or why there is none that could be passed.
Expected<Dequantization> any_before(const Node& node, const PassContext& context);
/// Likewise, if it is per-tensor or along the channel axis and the rank of the output is known.
Expected<Dequantization> per_channel_before(const Node& node, const PassContext& context);

/// Refuses to be the one that reads integers on edges of an integer type in a dialect without such operations.
Expected<void> check_integer_edge(const Dequantization& dequantization, const PassContext& context);

/// True if the attributes pads_begin or pads_end hold anything but 0.
bool has_pads(const Node& node);

}  // namespace lpt
