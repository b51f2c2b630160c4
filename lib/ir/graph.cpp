#include "ir/graph.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "ir/error.hpp"

namespace lpt {
namespace {

constexpr std::uint64_t kLargestId = std::numeric_limits<std::int64_t>::max();

bool is_root(const Node& node) { return node.is("Result") || node.is("Assign") || node.is("Parameter"); }

bool is_read(const Node& node) {
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    if (node.output_port(i).first_use != nullptr) return true;
  }
  return false;
}

}  // namespace

std::string_view Value::names() const { return node_->output_port(index_).names.value_or(std::string_view{}); }

Graph::~Graph() {
  for (Node* node = first_; node != nullptr;) delete std::exchange(node, node->next_);
}

Node& Graph::link(std::unique_ptr<Node> owned, Node* before) {
  Node* node = owned.release();
  node->graph_ = this;
  node->slot_ = slots_++;
  node->next_ = before;
  node->previous_ = before != nullptr ? before->previous_ : last_;
  (node->previous_ != nullptr ? node->previous_->next_ : first_) = node;
  (before != nullptr ? before->previous_ : last_) = node;
  ++size_;
  with_bodies_ += !node->bodies_.empty();
  if (node->id_ > largest_id_) largest_id_ = node->id_;
  if (!ids_.empty()) ids_.insert(node->id_);
  if (!names_.empty()) names_.insert(node->name_);
  return *node;
}

Node& Graph::append(LayerSpec layer) {
  std::unique_ptr<Node> node(new Node);
  node->id_ = layer.id;
  node->name_ = layer.name;
  node->type_ = layer.type;
  node->version_ = layer.version;
  node->has_data_ = layer.has_data;
  node->attributes_ = std::move(layer.attributes);
  node->input_count_ = static_cast<std::uint32_t>(layer.inputs.size());
  node->inputs_ = std::make_unique<Input[]>(layer.inputs.size());
  for (std::uint32_t i = 0; i < node->input_count_; ++i) {
    node->inputs_[i] = std::move(layer.inputs[i]);
    node->inputs_[i].node = node.get();
    node->inputs_[i].index = i;
  }
  node->outputs_ = std::move(layer.outputs);
  node->bodies_ = std::move(layer.bodies);
  node->extras_ = std::move(layer.extras);
  node->source_offset_ = layer.source_offset;
  return link(std::move(node), nullptr);
}

std::uint64_t Graph::new_id() {
  if (size_ == 0) return 0;
  if (largest_id_ < kLargestId) return largest_id_ + 1;
  // The largest id is taken: any free one will do, since ids are only labels.
  if (ids_.empty()) {
    for (Node* node = first_; node != nullptr; node = node->next_) ids_.insert(node->id_);
  }
  std::uint64_t id = size_;
  while (ids_.contains(id)) ++id;
  return id;
}

Node& Graph::insert_before(Node* position, NodeSpec spec) {
  std::unique_ptr<Node> owned(new Node);
  owned->id_ = new_id();
  if (!spec.name.empty()) owned->name_ = text_->keep(unique_name(spec.name));
  owned->type_ = text_->keep(std::string(spec.type));
  owned->version_ = text_->keep(std::string(spec.version));
  owned->has_data_ = !spec.attributes.empty();
  for (auto& [name, value] : spec.attributes) {
    owned->attributes_.push_back({text_->keep(std::move(name)), text_->keep(std::move(value))});
  }
  owned->input_count_ = static_cast<std::uint32_t>(spec.inputs.size());
  owned->inputs_ = std::make_unique<Input[]>(spec.inputs.size());
  std::uint64_t port = 0;
  for (std::uint32_t i = 0; i < owned->input_count_; ++i) {
    owned->inputs_[i].node = owned.get();
    owned->inputs_[i].index = i;
    owned->inputs_[i].port_id = port++;
  }
  for (auto& output : spec.outputs) {
    Output made;
    made.port_id = port++;
    made.type = output.type;
    made.shape = std::move(output.shape);
    owned->outputs_.push_back(std::move(made));
  }
  Node& node = link(std::move(owned), position);
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) connect(node.inputs_[i], spec.inputs[i]);
  return node;
}

Node& Graph::insert_constant_before(Node* position, std::string name, ElementType type, const Shape& shape, Blob blob) {
  const auto count = shape.element_count();
  const auto bytes = count ? byte_count(type, *count) : std::nullopt;
  if (!bytes || *bytes > blob.size())
    throw internal_error("a constant {}[{}] was given {} bytes", lpt::name(type), shape.to_string(), blob.size());
  if (*bytes < blob.size()) blob = Blob(blob.source(), blob.offset(), *bytes);
  std::string dims;
  for (const auto d : shape.dimensions()) dims += fmt::format("{}{}", dims.empty() ? "" : ", ", d.min);
  NodeSpec spec;
  spec.type = "Const";
  spec.name = std::move(name);
  // The writer knows where the bytes will lie.
  spec.attributes = {{"element_type", std::string(lpt::name(type))}, {"shape", dims}, {"offset", "0"}, {"size", "0"}};
  spec.outputs = {{type, shape}};
  Node& node = insert_before(position, std::move(spec));
  node.constant_ = std::make_unique<Blob>(std::move(blob));
  return node;
}

Output& Graph::output_of(Value value) {
  ++edits_;
  return value.node().outputs_[value.index()];
}

void Graph::connect(Input& input, Value value) {
  ++edits_;
  input.source = value;
  if (!value) return;
  input.connected = ++connections_;
  Output& output = output_of(value);
  input.previous_use = output.last_use;
  (output.last_use != nullptr ? output.last_use->next_use : output.first_use) = &input;
  output.last_use = &input;
}

void Graph::disconnect(Input& input) {
  ++edits_;
  if (!input.source) return;
  Output& output = output_of(input.source);
  (input.previous_use != nullptr ? input.previous_use->next_use : output.first_use) = input.next_use;
  (input.next_use != nullptr ? input.next_use->previous_use : output.last_use) = input.previous_use;
  input.previous_use = input.next_use = nullptr;
  Node& producer = input.source.node();
  input.source = {};
  if (!producer.orphan_ && !is_root(producer) && !is_read(producer)) {
    producer.orphan_ = true;
    orphans_.push_back(&producer);
  }
}

void Graph::set_input(Node& node, std::size_t index, Value value) {
  Input& input = node.inputs_[index];
  disconnect(input);
  input.as_written.reset();
  connect(input, value);
}

void Graph::move_names(Value from, Value to) {
  Output& old_output = output_of(from);
  Output& new_output = output_of(to);
  new_output.names = std::exchange(old_output.names, std::nullopt);
  new_output.extras = std::move(old_output.extras);
}

void Graph::replace(Value from, Value to) {
  if (from == to) return;
  move_names(from, to);
  Output& old_output = output_of(from);
  while (old_output.first_use != nullptr) {
    Input& use = *old_output.first_use;
    set_input(*use.node, use.index, to);
  }
}

void Graph::set_name(Node& node, std::string_view name) {
  ++edits_;
  collect_names();
  node.name_ = text_->keep(std::string(name));
  names_.insert(node.name_);
}

void Graph::set_constant(Node& node, std::optional<Blob> blob) {
  ++edits_;
  node.constant_ = blob ? std::make_unique<Blob>(std::move(*blob)) : nullptr;
}

void Graph::set_output(Node& node, std::size_t index, ElementType type, Shape shape) {
  ++edits_;
  node.outputs_[index].type = type;
  node.outputs_[index].shape = std::move(shape);
}

void Graph::set_names(Node& node, std::size_t index, std::string_view names) {
  ++edits_;
  node.outputs_[index].names = text_->keep(std::string(names));
}

void Graph::set_version(Node& node, std::string_view version) {
  ++edits_;
  node.version_ = text_->keep(std::string(version));
}

void Graph::set_attribute(Node& node, std::string_view name, std::string_view value) {
  ++edits_;
  const auto found = std::find_if(node.attributes_.begin(), node.attributes_.end(),
                                  [&](const Attribute& attribute) { return attribute.name == name; });
  const auto kept = text_->keep(std::string(value));
  node.has_data_ = true;
  if (found != node.attributes_.end()) {
    found->value = kept;
  } else {
    node.attributes_.insert(node.attributes_.begin(), {text_->keep(std::string(name)), kept});
  }
}

void Graph::remove_attribute(Node& node, std::string_view name) {
  ++edits_;
  std::erase_if(node.attributes_, [&](const Attribute& attribute) { return attribute.name == name; });
}

void Graph::follow_producer(Node& node, std::size_t index) { node.inputs_[index].as_written.reset(); }

void Graph::move_annotations(Node& from, Node& to) {
  ++edits_;
  if (from.extras_ == nullptr) return;
  if (to.extras_ == nullptr) to.extras_ = std::make_unique<LayerExtras>();
  to.extras_->annotations = std::move(from.extras_->annotations);
  from.extras_->annotations.clear();
}

void Graph::remove(Node& node) {
  collect_names();
  for (std::uint32_t i = 0; i < node.input_count_; ++i) disconnect(node.inputs_[i]);
  (node.previous_ != nullptr ? node.previous_->next_ : first_) = node.next_;
  (node.next_ != nullptr ? node.next_->previous_ : last_) = node.previous_;
  --size_;
  with_bodies_ -= !node.bodies_.empty();
  node.graph_ = nullptr;
  removed_.emplace_back(&node);
}

std::size_t Graph::remove_orphans() {
  std::size_t removed = 0;
  while (!orphans_.empty()) {
    Node& node = *orphans_.back();
    orphans_.pop_back();
    node.orphan_ = false;
    if (is_read(node) || node.held_) continue;
    remove(node);
    ++removed;
  }
  return removed;
}

void Graph::hold(Node& node) {
  if (!node.held_) held_.push_back(&node);
  node.held_ = true;
}

void Graph::release_held() {
  for (Node* node : held_) {
    node->held_ = false;
    if (is_read(*node) || node->orphan_) continue;
    node->orphan_ = true;
    orphans_.push_back(node);
  }
  held_.clear();
}

void Graph::mark_live() {
  std::vector<Node*> open;
  for (Node* node = first_; node != nullptr; node = node->next_) {
    node->live_ = node->is("Result") || node->is("Assign");
    if (node->live_) open.push_back(node);
  }
  while (!open.empty()) {
    const Node& node = *open.back();
    open.pop_back();
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      if (!node.input(i) || node.input(i).node().live_) continue;
      node.input(i).node().live_ = true;
      open.push_back(&node.input(i).node());
    }
  }
}

Graph::Order Graph::topological_order() const {
  // While a node waits on the path its mark counts the inputs already followed; then it is done.
  constexpr std::uint32_t kUnseen = std::numeric_limits<std::uint32_t>::max();
  constexpr std::uint32_t kDone = kUnseen - 1;
  std::vector<std::uint32_t> marks(slots_, kUnseen);
  Order order;
  order.nodes.reserve(size_);
  std::vector<Node*> path;
  for (Node* root = first_; root != nullptr; root = root->next_) {
    if (marks[root->slot_] == kDone) continue;
    marks[root->slot_] = 0;
    path.push_back(root);
    while (!path.empty()) {
      Node* node = path.back();
      auto& mark = marks[node->slot_];
      if (mark == node->input_count_) {
        mark = kDone;
        order.nodes.push_back(node);
        path.pop_back();
        continue;
      }
      const Value source = node->inputs_[mark++].source;
      if (!source || marks[source.node().slot_] == kDone) continue;
      Node* producer = &source.node();
      if (marks[producer->slot_] != kUnseen) {
        order.cycle.assign(std::find(path.begin(), path.end(), producer), path.end());
        return order;
      }
      marks[producer->slot_] = 0;
      path.push_back(producer);
    }
  }
  return order;
}

void Graph::collect_names() {
  if (!names_.empty()) return;
  for (Node* node = first_; node != nullptr; node = node->next_) names_.insert(node->name_);
}

std::string Graph::unique_name(const std::string& wanted) {
  collect_names();
  if (!names_.contains(wanted)) return wanted;
  for (std::size_t& number = next_suffix_[wanted];;) {
    auto candidate = fmt::format("{}_{}", wanted, ++number);
    if (!names_.contains(candidate)) return candidate;
  }
}

void for_each_graph(Graph& graph, const std::function<void(Graph&)>& visit) {
  visit(graph);
  if (!graph.has_bodies()) return;
  for (Node* node = graph.first(); node != nullptr; node = node->next()) {
    for (const auto& body : node->bodies()) for_each_graph(*body.graph, visit);
  }
}

}  // namespace lpt
