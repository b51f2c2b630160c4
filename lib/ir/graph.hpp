#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ir/node.hpp"

namespace lpt {

/// The layers of a model or of a body, in the order of the file, and their edges. The only place that moves an edge.
/// References to nodes stay valid until the node is removed.
class Graph {
 public:
  explicit Graph(std::shared_ptr<Text> text) : text_(std::move(text)) {}
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  ~Graph();

  /// The first node; Node::next leads through all of them.
  Node* first() const { return first_; }
  std::size_t size() const { return size_; }
  /// False if no layer has a body, so that nobody needs to look for one.
  bool has_bodies() const { return with_bodies_ != 0; }

  /// Elements beside layers and edges, in file order: rt_info, meta_data, pre-process and others.
  std::vector<Element> sections;

  /// Adds a layer at the end. The id must be unused.
  Node& append(LayerSpec layer);
  /// Connects an input that has no source yet, keeping what the file says of its port.
  void connect_as_read(Node& node, std::size_t index, Value value) { connect(node.inputs_[index], value); }
  /// Adds a connected node just before `position`, or at the end. Its id is larger than all others where possible,
  /// its name is made unique; an empty name is left to set_name.
  Node& insert_before(Node* position, NodeSpec spec);
  /// Adds a Const. The shape must be static and the blob as long as type and shape say; a file may hold spare bytes, which are
  /// dropped.
  Node& insert_constant_before(Node* position, std::string name, ElementType type, const Shape& shape, Blob blob);

  /// Lets an input read another value, or none.
  void set_input(Node& node, std::size_t index, Value value);
  /// Lets every reader of `from` read `to`; `to` takes the tensor names and port information of `from`.
  void replace(Value from, Value to);
  /// Gives `to` the tensor names and port information of `from`.
  void move_names(Value from, Value to);
  void set_name(Node& node, std::string_view name);
  /// Gives a Const its bytes, or takes them away.
  void set_constant(Node& node, std::optional<Blob> blob);
  void set_output(Node& node, std::size_t index, ElementType type, Shape shape);
  void set_names(Node& node, std::size_t index, std::string_view names);
  void set_version(Node& node, std::string_view version);
  /// Changes a data attribute; a new one comes in front of the others.
  void set_attribute(Node& node, std::string_view name, std::string_view value);
  void remove_attribute(Node& node, std::string_view name);
  /// Forgets what the file says of an input port, because the producer is known to be right.
  void follow_producer(Node& node, std::size_t index);
  /// Moves rt_info and other annotations of a layer to the one that replaces it.
  void move_annotations(Node& from, Node& to);

  /// Removes the nodes whose last reader a set_input or replace took away, and what only they read. Nodes that nobody
  /// read from the start stay. Returns their number. References to removed nodes stay good until `bury_removed`, for
  /// whoever still has a list of nodes; `is_removed` tells them.
  std::size_t remove_orphans();
  static bool is_removed(const Node& node) { return node.graph_ == nullptr; }
  void bury_removed() { removed_.clear(); }
  /// Keeps a node, though nobody may read it for a while, until `release_held`.
  void hold(Node& node);
  void release_held();

  /// Finds out which layers are live: what Results and Assigns reach backwards. Those that are added afterwards are.
  void mark_live();
  /// Rises with every change.
  std::uint64_t edits() const { return edits_; }

  struct Order {
    std::vector<Node*> nodes;        ///< producers before consumers, otherwise in file order
    std::vector<const Node*> cycle;  ///< nodes that read one another in a circle; empty in a valid graph
  };
  /// Linear time, and no recursion.
  Order topological_order() const;

  /// A name that no node of this graph has: `wanted`, or `wanted` with a number behind it.
  std::string unique_name(const std::string& wanted);

 private:
  Node& link(std::unique_ptr<Node> node, Node* before);
  void connect(Input& input, Value value);
  void disconnect(Input& input);
  void remove(Node& node);
  std::uint64_t new_id();
  void collect_names();
  Output& output_of(Value value);

  std::shared_ptr<Text> text_;
  Node* first_ = nullptr;
  Node* last_ = nullptr;
  std::size_t size_ = 0;
  std::size_t with_bodies_ = 0;
  std::uint64_t largest_id_ = 0;
  std::uint64_t connections_ = 0;
  std::uint64_t edits_ = 0;
  std::uint32_t slots_ = 0;
  std::unordered_set<std::uint64_t> ids_;       ///< filled once the largest id leaves no room above it
  std::unordered_set<std::string_view> names_;  ///< of all nodes that are or were here, once one was asked for
  std::unordered_map<std::string, std::size_t> next_suffix_;
  std::vector<Node*> orphans_, held_;
  std::vector<std::unique_ptr<Node>> removed_;
};

/// Calls `visit` for the graph and all graphs nested in it, outer ones first.
void for_each_graph(Graph& graph, const std::function<void(Graph&)>& visit);

/// Calls `visit` for all layers of these.
template <class Visit>
void for_each_node(Graph& graph, const Visit& visit) {
  for_each_graph(graph, [&](Graph& each) {
    for (Node* node = each.first(); node != nullptr; node = node->next()) visit(*node);
  });
}

}  // namespace lpt
