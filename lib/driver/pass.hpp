#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/context.hpp"
#include "ir/model.hpp"
#include "refusal/refusal.hpp"

namespace lpt {

/// The conversions that a pass belongs to.
enum class Runs {
  always,       ///< in every mode and dialect
  full,         ///< in mode full
  openvino,     ///< in mode full, for the dialect openvino
  type_relaxed  ///< in mode full, for the dialect type-relaxed
};

/// A line of pipeline.def.
struct Pass {
  std::string_view name;
  std::string_view type;  ///< of the layers it is shown; "*" for all; empty if it is shown whole graphs
  Runs runs;
  /// Neighbours of one step are run together, layer by layer, producers before consumers.
  std::string_view step;
  std::string_view help;
  /// The layer is live, its operation known, it has the inputs that the operation needs, and none of its data is empty.
  Outcome (*run)(Graph& graph, Node& node, PassContext& context);
  void (*look)(Graph& graph, PassContext& context) = nullptr;
  bool sees_relaxed = false;  ///< it is shown type-relaxed layers as well
};
using Passes = std::vector<Pass>;

/// The pass of this name. throws  Error (usage) that suggests a similar name
const Pass& find_pass(const Passes& passes, std::string_view name);

struct PipelineOptions {
  std::vector<std::string> disable;  ///< passes that do not run
  std::vector<std::string> only;     ///< if not empty, the only ones that run
  std::string stop_after;            ///< the last one that runs, if not empty

  /// True if no pass is left out.
  bool is_whole() const { return disable.empty() && only.empty() && stop_after.empty(); }
};

/// A layer that a pass left alone, and why.
struct LayerRefusal {
  LayerLabel layer;
  Refusal reason;
};

struct PassReport {
  std::string_view pass;
  std::vector<LayerLabel> rewritten;  ///< as they were
  std::vector<LayerRefusal> refusals;
  double seconds = 0;  ///< spent on the layers that it was shown, where the context is timed
};

/// Passes that ran together, in their order.
using StepReport = std::vector<PassReport>;

/// The passes that a conversion runs, in their order.
/// throws  Error (usage) for an unknown pass name
std::vector<const Pass*> selected_passes(const Passes& passes, const PipelineOptions& options, const Goal& goal);

/// Runs the passes that a conversion needs over a model and its bodies. They are shown live layers that their operation
/// understands. Nodes that lost their last reader are removed at once, and the model is verified after each step that
/// changed it.
///
/// after    called after each step, once the model is valid again; it may look at the model
/// throws   Error (usage) for an unknown pass name; Error (internal) if a pass broke the model
std::vector<PassReport> run_passes(Model& model, const Passes& passes, const PipelineOptions& options,
                                   PassContext& context, const std::function<void(const StepReport&)>& after = {});

}  // namespace lpt
