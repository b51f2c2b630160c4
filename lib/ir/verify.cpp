#include "ir/verify.hpp"

#include <algorithm>
#include <vector>

#include "ir/error.hpp"

namespace lpt {
namespace {

class Verifier {
 public:
  Verifier(const Origin& origin, std::string_view after) : origin_(origin), after_(after) {}

  void graph(const Graph& graph) {
    std::vector<const Node*> by_id;
    std::size_t count = 0;
    for (const Node* node = graph.first(); node != nullptr; node = node->next(), ++count) {
      if (&node->graph() != &graph) fail(*node, "belongs to another graph");
      by_id.push_back(node);
      inputs(*node);
      outputs(*node);
      constant(*node);
      for (const auto& body : node->bodies()) this->graph(*body.graph);
    }
    if (count != graph.size()) throw internal_error("after {}: a graph lost count of its nodes", after_);
    std::ranges::stable_sort(by_id, {}, &Node::id);
    const auto twice = std::ranges::adjacent_find(by_id, {}, &Node::id);
    if (twice != by_id.end()) fail(**twice, "its id is used twice");
    const auto order = graph.topological_order();
    if (!order.cycle.empty()) fail(*order.cycle.front(), "is on a cycle");
  }

 private:
  [[noreturn]] void fail(const Node& node, std::string_view what) const {
    throw internal_error("{}: {} (after {})", where(origin_, node), what, after_);
  }

  void inputs(const Node& node) const {
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      const Input& input = node.input_port(i);
      if (input.node != &node || input.index != i) fail(node, "an input does not know its node");
      if (!input.source) fail(node, "an input is not connected");
      const Node& producer = input.source.node();
      if (&producer.graph() != &node.graph()) fail(node, "reads a value of another graph");
      if (input.source.index() >= producer.output_count()) fail(node, "reads an output that does not exist");
    }
    if (node.is("Result") && node.input_count() != 1) fail(node, "a Result has one input");
  }

  void outputs(const Node& node) const {
    for (std::size_t i = 0; i < node.output_count(); ++i) {
      const Input* last = nullptr;
      for (const Input* use = node.output_port(i).first_use; use != nullptr; use = use->next_use) {
        if (use->source != node.output(i) || use->previous_use != last) fail(node, "its list of readers is broken");
        last = use;
      }
      if (last != node.output_port(i).last_use) fail(node, "its list of readers is broken");
    }
  }

  void constant(const Node& node) const {
    const Blob* blob = node.constant();
    if (blob == nullptr) return;
    if (!node.is("Const") || node.output_count() != 1) fail(node, "has bytes but is no Const with one output");
    const Value value = node.output(0);
    const auto count = value.shape().element_count();
    const auto bytes = count ? byte_count(value.type(), *count) : std::nullopt;
    // Strings have no size of their own; a file may hold surplus bytes.
    if (value.type() != ElementType::string && (!bytes || *bytes > blob->size())) fail(node, "its bytes do not fit");
  }

  const Origin& origin_;
  std::string_view after_;
};

}  // namespace

void verify(const Model& model, std::string_view after) { Verifier(model.origin, after).graph(*model.graph); }

}  // namespace lpt
