#include "passes/propagate/propagation.hpp"

#include <algorithm>
#include <array>

#include "ops/operation.hpp"
#include "quant/through_operation.hpp"

namespace lpt {

Expected<Dequantization> any_before(const Node& node, const PassContext& context) {
  const bool has_output = node.output_count() > 0 || node.is("Assign");
  auto found = has_output ? dequantization_before(node, 0, context) : std::nullopt;
  if (!found) return no_match();
  if (found->lacks_scale()) return refused(Cause::input_without_scale, "its dequantization has no scale");
  return std::move(*found);
}

Expected<Dequantization> per_channel_before(const Node& node, const PassContext& context) {
  auto found = any_before(node, context);
  if (!found) return found;
  if (!node.output(0).shape().has_rank()) return refused(Cause::rank_unknown, "the rank of its output is not known");
  if (auto fits = check_per_channel(*found, node.input(0).shape()); !fits) return refused(fits.error());
  return found;
}

Expected<void> check_integer_edge(const Dequantization& dq, const PassContext& context) {
  if (dq.has_integer_edge() && !context.goal.has_integer_edges())
    return refused(Cause::integers_left_to_runtime,
                   "it reads integers, which the openvino dialect leaves to the runtime");
  return {};
}

Outcome move_below(Graph& graph, Node& node, const Dequantization& above, const Dequantization& below, Gives gives,
                   PassContext& context) {
  Value stored = above.stored;
  Dequantization behind = below;
  if (gives == Gives::keeps_integers) {
    graph.set_output(node, 0, stored.type(), node.output(0).shape());
  } else {
    behind.type = above.real;
    if (above.has_integer_edge() && context.goal.has_integer_edges()) {
      const auto given = gives == Gives::f32 ? ElementType::f32 : above.real;
      relax_types(graph, node, std::vector{given}, given);
    }
    // No standard operation reads integers and gives real numbers, but a Convert in front of it does.
    if (above.has_integer_edge() && !context.goal.has_integer_edges())
      stored = insert_convert(graph, &node, std::string(node.name()) + "/convert", stored, above.real);
  }
  if (!above.has_nothing_to_move()) graph.set_input(node, 0, stored);
  dequantize_output(graph, node, 0, behind, context.float_edges);
  if (above.has_nothing_to_move()) return no_match();
  return rewritten();
}

Outcome move_mapped(Graph& graph, Node& node, const Dequantization& above, const ParameterMap& map,
                    PassContext& context) {
  Dequantization below = above;
  for (const auto member : Dequantization::kParameters) {
    auto& parameter = below.*member;
    if (!parameter) continue;
    auto mapped = is_uniform(*parameter) ? std::optional(collapsed(*parameter)) : map(*parameter);
    if (!mapped)
      return refused(Cause::parameters_not_movable, "its {} of shape [{}] cannot be told behind the operation",
                     Dequantization::name_of(member), parameter->shape);
    parameter = std::move(mapped);
  }
  return move_below(graph, node, above, below, Gives::keeps_integers, context);
}

ParameterMap by_moving(const Node& node) {
  return [&node](const SmallTensor& parameter) -> std::optional<SmallTensor> {
    auto results = through_operation(node, parameter);
    return results ? std::optional(collapsed(std::move(results->front()))) : std::nullopt;
  };
}

bool has_pads(const Node& node) {
  return std::ranges::any_of(std::array{"pads_begin", "pads_end"}, [&](const char* name) {
    return std::ranges::any_of(integer_list_attribute(node, name, {}), [](auto pad) { return pad != 0; });
  });
}

std::optional<SmallTensor> no_map(const SmallTensor&) { return std::nullopt; }

}  // namespace lpt
