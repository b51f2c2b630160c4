#include "passes/propagation.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "ops/operation.hpp"
#include "quant/constant_tensor.hpp"
#include "quant/through_operation.hpp"
#include "tensor/convert.hpp"

namespace lpt {

bool has_its_inputs(const Node& node) {
  static const std::unordered_map<std::string_view, std::size_t> kLeast{{"Assign", 1},
                                                                        {"BatchToSpace", 4},
                                                                        {"Broadcast", 2},
                                                                        {"Convolution", 2},
                                                                        {"ConvolutionBackpropData", 2},
                                                                        {"Gather", 3},
                                                                        {"GroupConvolution", 2},
                                                                        {"GroupConvolutionBackpropData", 2},
                                                                        {"GRUSequence", 6},
                                                                        {"Interpolate", 2},
                                                                        {"LSTMSequence", 7},
                                                                        {"MatMul", 2},
                                                                        {"NormalizeL2", 2},
                                                                        {"Pad", 3},
                                                                        {"PReLU", 2},
                                                                        {"ReduceMax", 2},
                                                                        {"ReduceMean", 2},
                                                                        {"ReduceMin", 2},
                                                                        {"ReduceSum", 2},
                                                                        {"Reshape", 2},
                                                                        {"Slice", 4},
                                                                        {"SpaceToBatch", 4},
                                                                        {"Split", 2},
                                                                        {"StridedSlice", 3},
                                                                        {"Transpose", 2},
                                                                        {"Unsqueeze", 2},
                                                                        {"VariadicSplit", 3}};
  const auto found = kLeast.find(node.type());
  return node.input_count() >= (found == kLeast.end() ? 1 : found->second);
}

bool is_type_relaxed(const Node& node) { return operation_set(node).size() != node.version().size(); }

std::optional<Dequantization> dequantization_before(const Node& node, std::size_t port, const Conversion& conversion) {
  if (port >= node.input_count()) return std::nullopt;
  auto found = Dequantization::producing(node.input(port), conversion.real_edges);
  if (!found) return std::nullopt;
  const bool worth_it = found->is_low_precision() || found->on_real_edge || is_integer(found->type) ||
                        is_type_relaxed(found->stored.node());
  return worth_it ? found : std::nullopt;
}

std::optional<SmallTensor> dequantized_constant(Value value, const Conversion& conversion) {
  const auto dq = Dequantization::producing_constant(value, conversion.real_edges);
  constexpr std::uint64_t kMost = 4096;
  const auto stored = dq ? constant_tensor(dq->stored, kMost) : std::nullopt;
  if (!stored) return std::nullopt;
  const auto values = convert(*stored, ElementType::f32);
  return dq->real_of({dq->stored.shape(), {values.data<float>(), values.data<float>() + values.count()}});
}

Before any_before(const Node& node, const Conversion& conversion) {
  const bool has_output = node.output_count() > 0 || node.is("Assign");
  if (find_operation(node) == nullptr || !has_its_inputs(node) || !has_output) return {};
  auto found = dequantization_before(node, 0, conversion);
  if (!found) return {};
  if (!found->scale && !found->on_real_edge) return {{}, refused("its dequantization has no scale")};
  return {std::move(found), {}};
}

Before per_channel_before(const Node& node, const Conversion& conversion) {
  auto found = any_before(node, conversion);
  if (!found) return found;
  if (!node.output(0).shape().has_rank()) return {{}, refused("the rank of its output is not known")};
  if (auto reason = not_per_channel(*found, node.input(0).shape())) return {{}, refused("{}", *reason)};
  return found;
}

Outcome move_below(Graph& graph, Node& node, const Dequantization& above, const Dequantization& below, Gives gives,
                   Conversion& conversion) {
  const bool nothing_to_move = above.on_real_edge && !above.scale;
  const bool has_integers = above.stored.type() != above.real;
  Value stored = above.stored;
  Dequantization behind = below;
  if (gives == Gives::stored) {
    graph.set_output(node, 0, stored.type(), node.output(0).shape());
  } else {
    behind.type = above.real;
    if (has_integers && conversion.has_integer_edges()) {
      const auto given = gives == Gives::single ? ElementType::f32 : above.real;
      relax_types(graph, node, std::vector{given}, given);
    }
    // No standard operation reads integers and gives real numbers, but a Convert in front of it does.
    if (has_integers && !conversion.has_integer_edges())
      stored = insert_convert(graph, &node, std::string(node.name()) + "/convert", stored, above.real);
  }
  if (!nothing_to_move) graph.set_input(node, 0, stored);
  dequantize_output(graph, node, 0, behind, conversion.real_edges);
  return nothing_to_move ? no_match() : rewritten();
}

Outcome move_mapped(Graph& graph, Node& node, const Dequantization& above, const ParameterMap& map,
                    Conversion& conversion) {
  Dequantization below = above;
  for (auto* parameter : {&below.scale, &below.zero_point}) {
    if (!*parameter) continue;
    auto mapped = is_uniform(**parameter) ? std::optional(collapsed(**parameter)) : map(**parameter);
    if (!mapped)
      return refused("its {} of shape [{}] cannot be told behind the operation",
                     parameter == &below.scale ? "scale" : "zero point", (*parameter)->shape.to_string());
    *parameter = std::move(mapped);
  }
  return move_below(graph, node, above, below, Gives::stored, conversion);
}

std::optional<std::string> unusable_zero_point(const Dequantization& dq) {
  if (!dq.zero_point || dq.on_real_edge) return std::nullopt;
  if (dq.type != ElementType::u8 && dq.type != ElementType::i8)
    return fmt::format("a zero point of {} is not handled", name(dq.type));
  if (is_integer(dq.zero_point_type) && dq.zero_point_type != dq.type)
    return fmt::format("its zero point is {}, its data {}", name(dq.zero_point_type), name(dq.type));
  constexpr float kHalf = 0.5F;
  const float low = dq.type == ElementType::i8 ? -128 : 0;
  for (const float z : dq.zero_point->values) {
    if (z < low - kHalf || z > low + 255 + kHalf) return fmt::format("zero point {} does not fit {}", z, name(dq.type));
  }
  return std::nullopt;
}

Value insert_without_scale(Graph& graph, Node& before, const std::string& base, const Dequantization& dq) {
  Dequantization without = dq;
  without.scale.reset();
  return insert_dequantization(graph, &before, base, dq.stored, without);
}

ParameterMap by_moving(const Node& node) {
  return [&node](const SmallTensor& parameter) -> std::optional<SmallTensor> {
    auto results = through_operation(node, parameter);
    return results ? std::optional(collapsed(std::move(results->front()))) : std::nullopt;
  };
}

std::optional<SmallTensor> no_map(const SmallTensor&) { return std::nullopt; }

}  // namespace lpt
