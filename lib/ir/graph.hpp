#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ir/blob.hpp"
#include "ir/element.hpp"
#include "ir/element_type.hpp"
#include "ir/shape.hpp"

namespace lpt {

class Graph;
class Node;

/// Owns every text that a graph and its bodies refer to: the file that was read, and what passes add.
class Text {
 public:
  /// The view is valid as long as this object.
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
  /// A writable buffer that is kept, for a reader that parses in place.
  char* keep_buffer(std::unique_ptr<char[]> buffer) { return buffers_.emplace_back(std::move(buffer)).get(); }

 private:
  std::deque<std::string> texts_;
  std::vector<std::unique_ptr<char[]>> buffers_;
};

/// What stands at a port besides its type, dims and names: unknown attributes, rt_info, unknown elements.
struct PortExtras {
  std::vector<Attribute> attributes;
  std::vector<Element> children;
};

/// Type and dims of an input port as the file states them, where that is not what its producer gives.
/// Only layers without shape inference here keep one: their ports are the only word on what they take.
struct PortText {
  std::optional<ElementType> type;
  Shape shape;
};

/// One output of a node. Borrowed from the graph, like a Node&.
class Value {
 public:
  Value() = default;
  Value(const Node& node, std::size_t index) : node_(&node), index_(static_cast<std::uint32_t>(index)) {}

  explicit operator bool() const { return node_ != nullptr; }
  const Node& node() const { return *node_; }
  std::size_t index() const { return index_; }
  ElementType type() const;
  const Shape& shape() const;
  /// The tensor names as the file spells them: comma separated, a comma inside a name as "\,".
  std::string_view names() const;
  std::size_t use_count() const;
  bool operator==(const Value&) const = default;

 private:
  const Node* node_ = nullptr;
  std::uint32_t index_ = 0;
};

/// An input port. Inputs that read one output form a list, in the order in which they were connected.
struct Input {
  Value source;
  Node* node = nullptr;
  std::uint32_t index = 0;
  std::uint64_t port_id = 0;
  std::uint64_t connected = 0;  ///< rises with every connection that the graph makes
  std::unique_ptr<PortText> as_written;
  std::unique_ptr<PortExtras> extras;
  Input* previous_use = nullptr;
  Input* next_use = nullptr;
};

struct Output {
  std::uint64_t port_id = 0;
  ElementType type = ElementType::dynamic;
  Shape shape;
  std::optional<std::string_view> names;
  std::unique_ptr<PortExtras> extras;
  Input* first_use = nullptr;
  Input* last_use = nullptr;
};

/// How many bodies may stand one in another. Whatever walks over bodies recurses, and takes up to 2 kB of stack for
/// each: 64 fit into any thread's, and are far more than models have.
constexpr std::size_t kDeepestBody = 64;

/// A nested graph of If, Loop or TensorIterator, under the name of its element ("body", "then_body", "else_body").
struct Body {
  std::string_view name;
  std::vector<Attribute> attributes;
  std::unique_ptr<Graph> graph;
};

/// What a layer carries besides type, ports and data.
struct LayerExtras {
  std::vector<Attribute> attributes;   ///< of the layer element, after id, name, type and version
  std::vector<Element> port_maps;      ///< port_map, back_edges, then_port_map, else_port_map: written first
  std::vector<Element> data_children;  ///< elements inside data
  std::vector<Element> annotations;    ///< rt_info and unknown elements: written after data
};

/// A layer. Only its Graph changes it.
class Node {
 public:
  std::uint64_t id() const { return id_; }
  std::string_view name() const { return name_; }
  /// The type as the file spells it: "Const", "ReLU", "SoftMax" and otherwise OpenVINO's name.
  std::string_view type() const { return type_; }
  std::string_view version() const { return version_; }
  bool is(std::string_view type) const { return type_ == type; }

  bool has_data() const { return has_data_; }
  const std::vector<Attribute>& attributes() const { return attributes_; }
  /// The text of a data attribute; null if there is none of this name.
  const std::string_view* attribute(std::string_view name) const { return find(attributes_, name); }

  std::size_t input_count() const { return input_count_; }
  Value input(std::size_t index) const { return inputs_[index].source; }
  const Input& input_port(std::size_t index) const { return inputs_[index]; }
  std::size_t output_count() const { return outputs_.size(); }
  Value output(std::size_t index) const { return {*this, index}; }
  const Output& output_port(std::size_t index) const { return outputs_[index]; }

  const std::vector<Body>& bodies() const { return bodies_; }
  const LayerExtras* extras() const { return extras_.get(); }
  /// The bytes of a Const; null for other layers, and for a Const that no result reads and whose place in the weights
  /// file does not exist.
  const Blob* constant() const { return constant_.get(); }

  /// Byte offset of the layer in the file it was read from; 0 for a layer that a pass added.
  std::uint64_t source_offset() const { return source_offset_; }

  Node* next() const { return next_; }
  const Graph& graph() const { return *graph_; }

 private:
  friend class Graph;
  Node() = default;

  std::uint64_t id_ = 0;
  std::string_view name_, type_, version_;
  std::vector<Attribute> attributes_;
  std::unique_ptr<Input[]> inputs_;
  std::vector<Output> outputs_;
  std::vector<Body> bodies_;
  std::unique_ptr<LayerExtras> extras_;
  std::unique_ptr<Blob> constant_;
  std::uint64_t source_offset_ = 0;
  Graph* graph_ = nullptr;
  Node* previous_ = nullptr;
  Node* next_ = nullptr;
  std::uint32_t input_count_ = 0;
  mutable std::uint32_t mark_ = 0;  ///< scratch of topological_order
  bool has_data_ = false;
  bool orphan_ = false;
  bool held_ = false;
};

inline ElementType Value::type() const { return node_->output_port(index_).type; }
inline const Shape& Value::shape() const { return node_->output_port(index_).shape; }

/// The type and shape of a new node's output.
struct OutputSpec {
  ElementType type;
  Shape shape;
};

/// A node that a pass adds. Texts are copied into the graph.
struct NodeSpec {
  std::string_view type;
  std::string_view version = "opset1";
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<Value> inputs;
  std::vector<OutputSpec> outputs;
};

/// A layer as a reader found it, not yet connected. Texts must already belong to the graph's Text.
struct LayerSpec {
  std::uint64_t id = 0;
  std::string_view name, type, version;
  bool has_data = false;
  std::vector<Attribute> attributes;
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  std::vector<Body> bodies;
  std::unique_ptr<LayerExtras> extras;
  std::uint64_t source_offset = 0;
};

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
  /// Adds a Const. The shape must be static and the blob as long as type and shape say.
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
  std::unordered_set<std::uint64_t> ids_;       ///< filled once the largest id leaves no room above it
  std::unordered_set<std::string_view> names_;  ///< of all nodes that are or were here, once one was asked for
  std::unordered_map<std::string, std::size_t> next_suffix_;
  std::vector<Node*> orphans_, held_;
  std::vector<std::unique_ptr<Node>> removed_;
};

/// The layers that OpenVINO builds, and that a run needs: what Results and Assigns reach backwards.
std::unordered_set<const Node*> live_nodes(const Graph& graph);

/// Calls `visit` for the graph and all graphs nested in it, outer ones first.
void for_each_graph(Graph& graph, const std::function<void(Graph&)>& visit);

}  // namespace lpt
