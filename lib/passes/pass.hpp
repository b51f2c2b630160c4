#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "ir/model.hpp"

namespace lpt {

/// What a pass did with one node.
struct Outcome {
  enum Kind { no_match, refused, rewritten } kind;
  std::string reason;  ///< why it was refused
};

inline Outcome no_match() { return {Outcome::no_match, {}}; }
inline Outcome rewritten() { return {Outcome::rewritten, {}}; }
template <class... Args>
Outcome refused(fmt::format_string<Args...> format, Args&&... args) {
  return {Outcome::refused, fmt::format(format, std::forward<Args>(args)...)};
}

struct Conversion;

/// The conversions that a pass belongs to.
enum class Runs {
  always,       ///< in every mode and dialect
  full,         ///< in mode full
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
  Outcome (*run)(Graph& graph, Node& node, Conversion& conversion);
  void (*look)(Graph& graph, Conversion& conversion) = nullptr;
};

/// All passes in the order in which they run.
const std::vector<Pass>& pipeline();

/// The pass of this name. throws  Error (usage) that suggests a similar name
const Pass& find_pass(std::string_view name);

struct PipelineOptions {
  std::vector<std::string> disable;  ///< passes that do not run
  std::vector<std::string> only;     ///< if not empty, the only ones that run
  std::string stop_after;            ///< the last one that runs, if not empty
  /// Called after each step that ran, once the model is valid again: with the names of its passes that changed
  /// something, or of its last one.
  std::function<void(const std::vector<std::string_view>& passes, std::size_t rewritten)> after =
      [](const std::vector<std::string_view>&, std::size_t) {};
};

/// A layer that a pass left alone, and why.
struct Refusal {
  std::string layer;  ///< as messages begin
  std::string reason;
};

struct PassReport {
  std::string_view pass;
  std::size_t rewritten = 0;
  std::vector<Refusal> refusals;
};

/// Runs the passes that a conversion needs over a model and its bodies, the pipeline unless others are given. Nodes
/// that lost their last reader are removed at once, and the model is verified after each step.
///
/// throws  Error (usage) for an unknown pass name; Error (internal) if a pass broke the model
std::vector<PassReport> run_pipeline(Model& model, const PipelineOptions& options, Conversion& conversion,
                                     const std::vector<Pass>& passes = pipeline());

}  // namespace lpt
