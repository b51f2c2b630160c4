#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "diff/contents.hpp"

namespace lpt {

/// What two models may differ in without being different.
struct Ignored {
  bool names = false;      ///< of layers and tensors
  bool rt_info = false;    ///< of the model, of layers and ports
  bool constants = false;  ///< what constants hold
  bool order = false;      ///< of the model's inputs and outputs
};

/// Which layer of one model is which layer of another: one to one, of one type, or a constant and what became of it.
class Alignment {
 public:
  /// A graph of the one model and that of the other: the two models' own, or bodies of layers that are a pair.
  struct Graphs {
    const Graph* before;
    const Graph* after;
    std::string path;  ///< "loop/body/" in front of the names of layers; empty for the models' own
  };

  const Node* after(const Node& before) const { return find(after_, before); }
  const Node* before(const Node& after) const { return find(before_, after); }
  bool has_pair(const Node& node) const { return after(node) != nullptr || before(node) != nullptr; }
  bool are_pair(const Node& before, const Node& after) const { return this->after(before) == &after; }
  const std::vector<Graphs>& graphs() const { return graphs_; }

  /// Neither may have a pair yet.
  void pair(const Node& before, const Node& after) {
    after_[&before] = &after;
    before_[&after] = &before;
  }
  void add(Graphs graphs) { graphs_.push_back(std::move(graphs)); }

  /// True for a layer that depends on constants alone: with them it is one value, which belongs to whoever reads it.
  bool is_constant(const Node& node) const { return constants_.contains(&node); }
  void add_constant(const Node& node) { constants_.insert(&node); }

 private:
  using Pairs = std::unordered_map<const Node*, const Node*>;
  static const Node* find(const Pairs& pairs, const Node& node) {
    const auto found = pairs.find(&node);
    return found == pairs.end() ? nullptr : found->second;
  }

  Pairs after_, before_;
  std::unordered_set<const Node*> constants_;
  std::vector<Graphs> graphs_;
};

/// A step of a constant's way to its reader, or of a dequantization: whatever keeps the data of its data input apart.
bool is_data_step(const Node& node);
/// The input of such a step that is its data.
std::size_t data_port_of(const Node& step);

/// The steps from a value that comes from constants up to the Const that holds its data, which is the last one where
/// all others are data steps.
std::vector<const Node*> data_chain(const Node& value);

/// The text of an attribute in one spelling: "1, 2.0" and "1,2" say the same.
std::string canonical(std::string_view text);

/// The maps between the ports of a layer and its bodies, ids of ports and layers aside: sorted, one text for each entry.
std::vector<std::string> port_maps(const Node& node);

/// Pairs the layers of two models. Time and memory grow as n log n.
///
/// What comes from constants alone is one value and goes with its readers. Of the other layers those are pairs, in this
/// order: inputs, outputs and states by tensor names and numbers; layers in equal surroundings (equal hashes of all that
/// lies above and below, constants by content); equal names, where the layer or a neighbour speaks for it; equal
/// surroundings on one side; equal names; neighbours of pairs by ports, also past a dequantization; the longest common
/// subsequence of what is left between pairs.
///
/// source  hashes as in GumTree (Falleri et al. 2014), anchors and subsequences as in spirv-diff
Alignment align(const Model& before, const Contents& contents_before, const Model& after,
                const Contents& contents_after, const Ignored& ignored);

}  // namespace lpt
