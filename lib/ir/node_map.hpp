#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "ir/graph.hpp"

namespace lpt {

/// What somebody knows of single outputs of nodes, also of nodes that are gone: ids are not used twice. Never walked,
/// so that no order comes from an address.
template <class T>
class ValueMap {
 public:
  /// null if nothing is known
  const T* find(Value value) const {
    const auto found = entries_.find(key(value));
    return found == entries_.end() ? nullptr : &found->second;
  }
  T* find(Value value) {
    const auto found = entries_.find(key(value));
    return found == entries_.end() ? nullptr : &found->second;
  }
  T& operator[](Value value) { return entries_[key(value)]; }
  void erase(Value value) { entries_.erase(key(value)); }
  bool empty() const { return entries_.empty(); }

 private:
  struct Key {
    const Graph* graph;
    std::uint64_t id;
    std::size_t index;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return std::hash<const Graph*>()(key.graph) + (key.id << 4 | key.index) * 0x9E3779B97F4A7C15U;
    }
  };
  static Key key(Value value) { return {&value.node().graph(), value.node().id(), value.index()}; }

  std::unordered_map<Key, T, Hash> entries_;
};

/// Likewise of whole nodes.
template <class T>
class NodeMap {
 public:
  const T* find(const Node& node) const { return entries_.find(value(node)); }
  T* find(const Node& node) { return entries_.find(value(node)); }
  T& operator[](const Node& node) { return entries_[value(node)]; }
  bool empty() const { return entries_.empty(); }

 private:
  static Value value(const Node& node) { return node.output(0); }
  ValueMap<T> entries_;
};

class NodeSet {
 public:
  bool empty() const { return nodes_.empty(); }
  bool contains(const Node& node) const { return nodes_.find(node) != nullptr; }
  void insert(const Node& node) { nodes_[node] = true; }

 private:
  NodeMap<bool> nodes_;
};

}  // namespace lpt
