// Lets a graph of half precision compute in f32, as OpenVINO's CPU plugin does with every such graph.
//
//     x:f16 -> ReLU:f16 -> Result    =>    x:f16 -> Convert(f32) -> ReLU:f32 -> Convert(f16) -> Result
//
// Law     f32 holds every f16 and every bf16 value, so that nothing is lost but the rounding between the layers, which
//         the runtime leaves out as well. Constants stay as they are stored, behind a Convert.
// Guard   Parameters, results, states, layers with bodies and those whose attributes name a half keep their types. What
//         rounds f32 to a half stays in front of them. So do weights that come in half precision to a layer in f32.
// Source  OpenVINO ConvertPrecision, measured.
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "driver/context.hpp"
#include "ops/operation.hpp"
#include "refusal/refusal.hpp"

namespace lpt {
namespace {

Value convert_behind(Graph& graph, Value value, ElementType type) {
  Node& node = value.node();
  return insert_convert(graph, node.next(), fmt::format("{}/{}", node.name(), name(type)), value, type);
}

bool is_widening(const Node& node) { return node.is("Convert") && node.output(0).type() == ElementType::f32; }

/// A layer that computes what its inputs ask for, and nothing that its attributes say, in half precision.
bool follows_inputs(const Node& node) {
  if (!node.bodies().empty()) return false;
  for (const auto* type : {"Parameter", "Const", "Result", "ReadValue", "Assign"}) {
    if (node.is(type)) return false;
  }
  return std::ranges::none_of(node.attributes(), [](const Attribute& attribute) {
    return attribute.value == name(ElementType::f16) || attribute.value == name(ElementType::bf16);
  });
}

/// A part of weights that are dequantized in half precision for a layer in f32, as weight compression writes them.
bool is_for_f32(const Node& node) {
  constexpr int kParts = 3;  // Convert, Subtract, Multiply
  const Node* step = &node;
  for (int i = 0; i < kParts && step != nullptr && step->output_count() == 1 && !is_widening(*step); ++i)
    step = step->output(0).single_reader();
  if (step == nullptr || !is_widening(*step)) return false;
  const auto dq = Dequantization::producing_constant(step->output(0), {});
  return dq && dq->stored.node().constant() != nullptr;
}

/// A Convert of integers to a half.
bool reads_integers_as_half(const Node& node) {
  return node.is("Convert") && is_half(node.output(0).type()) && is_integer(node.input(0).type());
}

/// A constant that a Convert to a half rounds is rounded in the runtime, too.
bool rounds_constant(const Node& convert) {
  const auto path = constant_path(convert.input(0));
  return path && path->stored != convert.output(0).type() && bits(path->stored) > 8;
}

/// The value in f32: what was rounded to give it, or a Convert of it.
Value in_f32(Graph& graph, Value half) {
  Node& node = half.node();
  if (node.is("Convert") && node.input(0).type() == ElementType::f32 && !rounds_constant(node)) return node.input(0);
  for (const Input& use : half.readers()) {
    if (is_widening(*use.node)) return use.node->output(0);
  }
  return convert_behind(graph, half, ElementType::f32);
}

/// Lets the readers of a Convert to f32 read what it converted, now that this is f32. A result keeps its name.
void bypass(Graph& graph, const Node& convert, Value value) {
  std::vector<std::pair<Node*, std::size_t>> readers;
  for (const Input& use : convert.output(0).readers()) readers.emplace_back(use.node, use.index);
  for (const auto& [reader, index] : readers) {
    if (!reader->is("Result")) graph.set_input(*reader, index, value);
  }
}

/// Rounds a value for a result, under the names that it had.
void take_names(Graph& graph, Node& node, std::size_t port, Node& rounded) {
  std::string name(node.name());
  graph.move_names(node.output(port), rounded.output(0));
  if (node.output_count() > 1) {
    name += fmt::format(".{}", port);
  } else {
    graph.set_name(node, name + std::string(kOriginalSuffix));
  }
  graph.set_name(rounded, name);
}

/// Makes an output f32, and rounds it for those who still read a half.
void widen_output(Graph& graph, Node& node, std::size_t port) {
  const Value value = node.output(port);
  const auto half = value.type();
  std::vector<std::pair<Node*, std::size_t>> readers;
  for (const Input* use = node.output_port(port).first_use; use != nullptr; use = use->next_use)
    readers.emplace_back(use->node, use->index);
  graph.set_output(node, port, ElementType::f32, value.shape());
  Value rounded;
  bool is_result = false;
  for (const auto& [reader, index] : readers) {
    if (is_widening(*reader)) {
      bypass(graph, *reader, value);
      continue;
    }
    if (!rounded) rounded = convert_behind(graph, value, half);
    graph.set_input(*reader, index, rounded);
    is_result = is_result || reader->is("Result");
  }
  if (is_result) take_names(graph, node, port, rounded.node());
}

}  // namespace

Outcome widen_half_precision(Graph& graph, Node& node, PassContext&) {
  const bool converts = reads_integers_as_half(node);
  if (!converts && !follows_inputs(node)) return no_match();
  std::vector<std::size_t> inputs;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (node.input(i) && is_half(node.input(i).type())) inputs.push_back(i);
  }
  if (!converts && (inputs.empty() || is_widening(node))) return no_match();
  if (is_for_f32(node)) return no_match();
  for (const auto i : inputs) graph.set_input(node, i, in_f32(graph, node.input(i)));
  if (converts) graph.set_attribute(node, "destination_type", name(ElementType::f32));
  for (std::size_t port = 0; port < node.output_count(); ++port) {
    if (is_half(node.output(port).type())) widen_output(graph, node, port);
  }
  return rewritten();
}

}  // namespace lpt
