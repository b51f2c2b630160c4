#pragma once

#include <lpt/mode.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "driver/markup.hpp"
#include "ir/node_map.hpp"
#include "quant/dequantization.hpp"
#include "quant/displacement.hpp"
#include "quant/target.hpp"
#include "runtime/facts.hpp"

namespace lpt {

class WeightsSource;

/// What a conversion is to give.
struct Goal {
  Mode mode = Mode::full;
  Dialect dialect = Dialect::openvino;
  Target target = find_target("cpu");

  bool has_integer_edges() const { return dialect == Dialect::type_relaxed; }
};

/// What the passes of one conversion share: the goal, and what they have found out of single layers.
struct PassContext {
  explicit PassContext(Goal wanted)
      : goal(std::move(wanted)), runtime(!goal.has_integer_edges() && goal.target.name == "cpu") {}

  const Goal goal;
  /// Stock OpenVINO's CPU plugin, where it is what the result is for.
  const RuntimeFacts runtime;
  bool timed = false;  ///< whether passes take their time

  Markup markup;
  /// What that plugin runs in integers, as far as the passes have come.
  RuntimeKernels kernels;
  /// What it could run in integers if no weights had a zero point.
  RuntimeKernels kernels_without_zero_points{RuntimeKernels::ZeroPoints::absent};
  FloatEdges float_edges;
  /// Layers with integer kernels that got integers.
  NodeSet integer_kernels;
  /// Constants that this conversion has stored as integers, and not the file.
  NodeSet stored_here;
  /// What computes their bytes, with the layers that were quantized with them.
  std::vector<std::pair<LayerLabel, std::shared_ptr<const WeightsSource>>> computed;
  /// What dequantizes folded weights whose levels are none that integer kernels know.
  NodeSet levels_of_no_kernel;
  /// The integer types that a model itself quantizes activations to, by FakeQuantize.
  NodeMap<ElementType> types_in_model;

  /// The output range that a FakeQuantize had before it was decomposed, so that a dequantization that nobody took is
  /// put back as it was.
  struct OriginalRange {
    Value output_low, output_high;
    std::string levels;
    Dequantization dequantization;
  };
  NodeMap<OriginalRange> original_ranges;

  /// A layer at which the result follows a rounding of the runtime instead of the model, and what is rounded.
  struct Departure {
    LayerLabel layer;
    std::string what;
    Displacement displacement = {};
  };
  std::vector<Departure> departures;
  /// What one step more of the zero point that a Subtract takes off would do.
  NodeMap<Displacement> of_one_step;
  /// A tensor of the model that holds integers now, or weights that took the scale of the data in, and no other one
  /// what it held: which is scale * (values - zero_point).
  struct Multiple {
    std::string_view layer, names;
    std::size_t port, rank;
    ElementType type;
    SmallTensor scale;
    float zero_point = 0;
  };
  std::vector<Multiple> multiples;
  /// What the user is to be warned of, layer by layer.
  struct Warning {
    LayerLabel layer;
    std::string what;
  };
  std::vector<Warning> warnings;
  /// Layers that cannot get more channels, because something depends on their number.
  NodeSet fixed_channels;
  /// What was done to get weights with a zero point into i8.
  struct Fitted {
    std::size_t layers = 0, channels = 0;
  } fitted;
  /// The first of equal constants, by all that tells a constant from others.
  std::unordered_map<std::string, Value> shared_constants;
  /// 1x1 Convolutions whose weights came in a form that the runtime misreads.
  std::size_t mended = 0;
};

/// True for a model with something for the full pipeline to do: activations that are quantized.
bool has_quantized_activations(const Model& model);

/// The dequantization in front of an input that is worth moving: of integers, or of what an integer operation gave.
std::optional<Dequantization> dequantization_before(const Node& node, std::size_t port, const PassContext& context);

}  // namespace lpt
