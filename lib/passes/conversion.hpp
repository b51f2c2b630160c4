#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "passes/markup.hpp"
#include "quant/dequantization.hpp"
#include "quant/target.hpp"

namespace lpt {

struct Model;

enum class Mode { weights, full };
enum class Dialect { openvino, type_relaxed };

/// What the passes of one conversion share: what is wanted, and what they have found out.
struct Conversion {
  Mode mode = Mode::full;
  Dialect dialect = Dialect::openvino;
  Target target = find_target("cpu");

  Markup markup;
  RealEdges real_edges;
  /// Layers at which the result follows a rounding of the runtime instead of the model, and what is rounded.
  std::vector<std::string> departures;
  /// Layers with integer kernels that got integers, by graph and id.
  std::set<std::pair<const Graph*, std::uint64_t>> low_precision;

  /// The output range that a FakeQuantize had before it was decomposed, by the id of the FakeQuantize, so that a
  /// dequantization that nobody took is put back as it was.
  struct Undecomposed {
    Value output_low, output_high;
    std::string levels;
    Dequantization dequantization;
  };
  std::map<std::pair<const Graph*, std::uint64_t>, Undecomposed> undecomposed;

  /// FakeQuantizes on weights, folded, whose levels are none of those that integer kernels know: the Multiplies in
  /// their places.
  std::set<std::pair<const Graph*, std::uint64_t>> levels_of_no_kernel;
  bool has_levels_of_no_kernel(Value weights) const {
    return levels_of_no_kernel.contains({&weights.node().graph(), weights.node().id()});
  }

  /// The integer types that a model itself quantizes activations to, by FakeQuantize.
  std::map<std::pair<const Graph*, std::uint64_t>, ElementType> spelled_types;
  std::optional<ElementType> spelled_type(const Node& fake_quantize) const {
    const auto found = spelled_types.find({&fake_quantize.graph(), fake_quantize.id()});
    return found == spelled_types.end() ? std::nullopt : std::optional(found->second);
  }

  void depart(const Node& node, std::string_view what) {
    departures.push_back(fmt::format("\"{}\" ({}): {}", node.name(), node.type(), what));
  }
  void works_on_integers(const Node& node) { low_precision.insert({&node.graph(), node.id()}); }
  bool has_integer_edges() const { return dialect == Dialect::type_relaxed; }
};

/// True for a model with something for the full pipeline to do: activations that are quantized.
bool has_quantized_activations(const Model& model);

}  // namespace lpt
