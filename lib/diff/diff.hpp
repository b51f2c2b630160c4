#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diff/alignment.hpp"
#include "diff/constant_value.hpp"
#include "diff/units.hpp"

namespace lpt {

/// What kind of thing a difference means, the most telling first.
enum class Kind {
  constants,    ///< values changed
  requantized,  ///< another range, scale, zero point or number of levels
  rescaled,     ///< ranges that moved by a factor
  rewired,      ///< an input reads another value
  replaced,     ///< layers by others
  added,
  removed,
  attributes,      ///< attributes, operation sets, port maps
  retyped,         ///< other element types
  reshaped,        ///< other shapes
  moved,           ///< a layer stands on the other side of others
  stored,          ///< weights as integers
  activations,     ///< activations as integers
  typed,           ///< layers that take and give integer types, as OpenVINO relaxes them
  dequantization,  ///< where integers become real values
  folded,          ///< what was computed is a constant
  rewritten,       ///< constants of equal values in another form
  order,           ///< of the model's inputs and outputs
  renamed,         ///< layers and tensors
  rt_info,         ///< of layers and ports
  model,           ///< what stands beside the layers
};

/// "constants", as JSON has it, and "constants changed", as people read it.
std::string_view name(Kind kind);
std::string_view title(Kind kind);

/// One thing that a pair of layers, or of models, does not have in common.
struct Facet {
  std::string what;                          ///< "name", "attribute strides", "input 1", "shape of output 0", "bytes"
  std::optional<std::string> before, after;  ///< absent where there is none
  std::size_t meaning = 0;                   ///< which of Diff::meanings it is part of
};

/// A pair of layers that differ, or a layer without a pair.
struct LayerChange {
  const Node* before = nullptr;
  const Node* after = nullptr;
  std::vector<Facet> facets;  ///< of a pair
  std::size_t meaning = 0;    ///< of a layer without a pair
};

/// One change as people think of it.
struct Meaning {
  Kind kind;
  std::string path;              ///< of the body that it is in, as Alignment::Graphs has it
  const Node* before = nullptr;  ///< the layer that it is about; null for one that is new, or for the model
  const Node* after = nullptr;
  std::string text;        ///< what is said of the layer
  std::string verdict;     ///< what can be said of all changes of this kind together, "equal when dequantized"
  std::size_t others = 0;  ///< further layers that take part, or change in consequence
  std::optional<ValueDifference> values;
};

/// All differences of two models, each a part of one meaning.
struct Diff {
  Contents contents_before, contents_after;
  Alignment alignment;
  std::vector<LayerChange> layers;
  std::vector<Facet> model;
  std::vector<Meaning> meanings;  ///< values that differ first, the most costly of them at the top, then by kind

  bool is_same() const { return meanings.empty(); }
};

/// What changed from one model to another. Both must outlive the result. throws  Error (io)
Diff diff(const Model& before, const Model& after, const Ignored& ignored);

}  // namespace lpt
