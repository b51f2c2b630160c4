#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/blob.hpp"
#include "ir/element.hpp"
#include "ir/element_type.hpp"
#include "ir/shape.hpp"

namespace lpt {

class Graph;
class Node;
class Readers;

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
  Value(Node& node, std::size_t index) : node_(&node), index_(static_cast<std::uint32_t>(index)) {}

  explicit operator bool() const { return node_ != nullptr; }
  Node& node() const { return *node_; }
  std::size_t index() const { return index_; }
  ElementType type() const;
  const Shape& shape() const;
  /// The tensor names as the file spells them: comma separated, a comma inside a name as "\,".
  std::string_view names() const;
  bool has_readers() const;
  /// Counts readers that no result reaches as well: whoever moves the value moves it for them.
  bool has_one_reader() const;
  bool has_several_readers() const { return has_readers() && !has_one_reader(); }
  /// The inputs that read the value, in the order in which they were connected, of live layers alone.
  Readers readers() const;
  /// The only layer that reads the value; null if there are none or several, or it is not live.
  Node* single_reader() const;
  /// Likewise, if it has this type and reads the value as its first input.
  Node* single_reader(std::string_view type) const;
  bool operator==(const Value&) const = default;

 private:
  Node* node_ = nullptr;
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

/// A range of Input, for a loop that changes none of them.
class Readers {
 public:
  class Iterator {
   public:
    using value_type = Input;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(const Input* at) : at_(at) { skip_dead(); }
    const Input& operator*() const { return *at_; }
    Iterator& operator++() {
      at_ = at_->next_use;
      skip_dead();
      return *this;
    }
    Iterator operator++(int) {
      const auto before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    void skip_dead();
    const Input* at_ = nullptr;
  };
  explicit Readers(const Input* first) : first_(first) {}
  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(nullptr); }

 private:
  const Input* first_;
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
  /// The one place where a node that is only looked at is handed on as one that its graph may change.
  Value output(std::size_t index) const { return {const_cast<Node&>(*this), index}; }
  const Output& output_port(std::size_t index) const { return outputs_[index]; }

  const std::vector<Body>& bodies() const { return bodies_; }
  const LayerExtras* extras() const { return extras_.get(); }
  /// The bytes of a Const; null for other layers, and for a Const that no result reads and whose place in the weights
  /// file does not exist.
  const Blob* constant() const { return constant_.get(); }

  /// False for a layer of the file that no Result or Assign reaches. OpenVINO never builds it; it travels through as it
  /// is, and passes neither see nor count it.
  bool is_live() const { return live_; }

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
  std::uint32_t slot_ = 0;  ///< counts the nodes that were ever linked
  bool has_data_ = false;
  bool orphan_ = false;
  bool held_ = false;
  bool live_ = true;
};

inline ElementType Value::type() const { return node_->output_port(index_).type; }
inline const Shape& Value::shape() const { return node_->output_port(index_).shape; }
inline bool Value::has_readers() const { return node_->output_port(index_).first_use != nullptr; }
inline bool Value::has_one_reader() const {
  const Output& output = node_->output_port(index_);
  return output.first_use != nullptr && output.first_use == output.last_use;
}
inline Readers Value::readers() const { return Readers(node_->output_port(index_).first_use); }
inline Node* Value::single_reader() const {
  const Input* use = node_->output_port(index_).first_use;
  return has_one_reader() && use->node->is_live() ? use->node : nullptr;
}
inline Node* Value::single_reader(std::string_view type) const {
  Node* reader = single_reader();
  return reader != nullptr && reader->is(type) && reader->input(0) == *this ? reader : nullptr;
}
inline void Readers::Iterator::skip_dead() {
  while (at_ != nullptr && !at_->node->is_live()) at_ = at_->next_use;
}

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

}  // namespace lpt
