// Keeps integers in a state of the model.
//
//     ReadValue(0:f32);  x:u8 -> Dequantize(s) -> Assign    =>    ReadValue(0:u8) -> Dequantize(s);  x:u8 -> Assign
//
// Law     The state is s times what is kept, at every step, since it begins with 0.
// Guard   No zero point: the state begins with the stored value 0. For a dialect that spells integers out: what a state
//         holds can be asked for, and is part of a model that others call.
// Source  OpenVINO LPT, AssignAndReadValueTransformation.
#include "driver/context.hpp"
#include "ops/operation.hpp"
#include "passes/propagate/propagation.hpp"

namespace lpt {
namespace {

Node* reader_of(Graph& graph, std::string_view variable) {
  for (Node* node = graph.first(); node != nullptr; node = node->next()) {
    const auto* id = node->attribute("variable_id");
    if (node->is("ReadValue") && node->is_live() && id != nullptr && *id == variable) return node;
  }
  return nullptr;
}

bool is_zero(Value value) {
  const auto initial = small_tensor(value);
  return initial && is_uniform(*initial) && (initial->values.empty() || initial->values[0] == 0);
}

}  // namespace

Outcome propagate_assign(Graph& graph, Node& assign, PassContext& context) {
  const auto before = any_before(assign, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  if (!context.goal.has_integer_edges())
    return refused(Cause::state_kept_real, "a state is part of the model's interface");
  if (dq.has_zero_point()) return refused(Cause::zero_point_not_supported, "its input has a zero point");
  if (!dq.is_low_precision()) return refused(Cause::input_of_other_type, "its input is not of integers");
  Node* read = reader_of(graph, required_attribute(assign, "variable_id"));
  if (read == nullptr || read->input_count() != 1 || !is_zero(read->input(0)))
    return refused(Cause::state_kept_real, "its state does not begin with 0");
  const auto type = dq.stored.type();
  const auto initial = read->input(0);
  graph.set_input(
      *read, 0,
      insert_parameter(graph, read, std::string(initial.node().name()) + "/stored", type, *small_tensor(initial))
          .output(0));
  for (Node* node : {read, &assign}) {
    if (node->attribute("variable_type") != nullptr) graph.set_attribute(*node, "variable_type", name(type));
  }
  graph.set_output(*read, 0, type, read->output(0).shape());
  dequantize_output(graph, *read, 0, dq, context.float_edges);
  graph.set_input(assign, 0, dq.stored);
  if (assign.output_count() > 0) graph.set_output(assign, 0, type, assign.output(0).shape());
  return rewritten();
}

}  // namespace lpt
