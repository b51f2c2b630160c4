#pragma once

#include <functional>
#include <optional>

#include "passes/conversion.hpp"
#include "passes/pass.hpp"

namespace lpt {

/// What the passes have in common that let an operation work on stored values: its dequantization moves from before it
/// to behind it.

/// The dequantization in front of an input that is worth moving: of integers, or of what an integer operation gave. A
/// scale in front of an operation that has nothing to do with quantization stays where it is.
std::optional<Dequantization> dequantization_before(const Node& node, std::size_t port, const Conversion& conversion);

/// The real values of stored integers behind their dequantization. Empty for all else, and for more than 4096 of them,
/// which are better kept as they are stored.
std::optional<SmallTensor> dequantized_constant(Value value, const Conversion& conversion);

/// What an operation gives once it works on stored values.
enum class Gives {
  stored,  ///< integers of the same type
  real,    ///< real numbers of the model's type, in steps
  single   ///< the same in f32: sums of steps that f16 might not hold
};

/// Lets `node`, which reads `above.stored` at input 0 from now on, be dequantized by `below`.
Outcome move_below(Graph& graph, Node& node, const Dequantization& above, const Dequantization& below, Gives gives,
                   Conversion& conversion);

/// Says what a parameter of the data becomes behind an operation; empty if nothing does.
using ParameterMap = std::function<std::optional<SmallTensor>(const SmallTensor&)>;

/// Moves a dequantization below an operation that keeps types. A uniform parameter becomes a scalar; others become what
/// `map` says.
Outcome move_mapped(Graph& graph, Node& node, const Dequantization& above, const ParameterMap& map,
                    Conversion& conversion);

/// The map of an operation that only moves elements.
ParameterMap by_moving(const Node& node);
/// The map of an operation that passes no parameter but a uniform one.
std::optional<SmallTensor> no_map(const SmallTensor& parameter);

/// The dequantization in front of an operation, or what is to be said where there is none that it could pass.
struct Before {
  std::optional<Dequantization> dequantization;
  Outcome outcome = no_match();

  explicit operator bool() const { return dequantization.has_value(); }
  const Dequantization& operator*() const { return *dequantization; }
};

/// The dequantization of input 0, if it is per-tensor or along the channel axis and the rank of the output is known.
Before per_channel_before(const Node& node, const Conversion& conversion);
/// Likewise, whatever axis the parameters lie along.
Before any_before(const Node& node, const Conversion& conversion);

/// Why an integer operation could not take the zero point off its data; empty if it can.
std::optional<std::string> unusable_zero_point(const Dequantization& dequantization);

/// The stored values less their zero point, in front of a node.
Value insert_without_scale(Graph& graph, Node& before, const std::string& base, const Dequantization& dequantization);

/// False for a layer that a file gives fewer inputs than its operation needs. Few operations are checked when a file is
/// read.
bool has_its_inputs(const Node& node);

/// True if a layer was made to have other types than its operation allows.
bool is_type_relaxed(const Node& node);

}  // namespace lpt
