#include "passes/propagate/weighted.hpp"

#include <algorithm>
#include <functional>

#include "ops/facts.hpp"
#include "ops/operation.hpp"

namespace lpt {
namespace {

std::size_t length(const Shape& shape, std::size_t axis) { return static_cast<std::size_t>(shape[axis].min); }

bool is_grouped(const Node& node) { return node.type().substr(0, 5) == "Group"; }

/// Groups, and the input channels of each.
struct Channels {
  std::size_t groups, inputs;
};

Channels channels_of(const Node& node, const Shape& weights) {
  const bool backwards = node.type().find("Backprop") != std::string_view::npos;
  const std::size_t first = is_grouped(node) ? 1 : 0;
  const auto a = length(weights, first), b = length(weights, first + 1);
  return {is_grouped(node) ? length(weights, 0) : 1, backwards ? a : b};
}

/// The scale of each group of the activations; empty if it differs within one.
std::optional<SmallTensor> group_scales(const SmallTensor& scale, const Channels& channels) {
  if (is_uniform(scale)) return collapsed(scale);
  if (channels.groups == 1 || scale.values.size() != channels.groups * channels.inputs) return std::nullopt;
  SmallTensor groups{Shape{static_cast<std::int64_t>(channels.groups)}, {}};
  for (std::size_t g = 0; g < channels.groups; ++g) {
    const auto first = scale.values.begin() + static_cast<std::ptrdiff_t>(g * channels.inputs);
    const auto last = first + static_cast<std::ptrdiff_t>(channels.inputs);
    if (std::any_of(first, last, [&](float s) { return s != *first; })) return std::nullopt;
    groups.values.push_back(*first);
  }
  return groups;
}

SmallTensor with_rank(SmallTensor tensor, std::size_t rank, std::size_t axis) {
  if (tensor.values.size() == 1) return scalar(tensor.values[0]);
  std::vector<Dimension> dimensions(rank, Dimension::exactly(1));
  dimensions[axis] = Dimension::exactly(static_cast<std::int64_t>(tensor.values.size()));
  tensor.shape = Shape(std::move(dimensions));
  return tensor;
}

/// The shape of a parameter with one value for each output channel of the weights.
Shape along_outputs(const Node& node, const Shape& weights) {
  std::vector<Dimension> dimensions(weights.rank(), Dimension::exactly(1));
  for (const auto axis : find_facts(node.type())->output_channel_axes) dimensions[axis] = weights[axis];
  return Shape(std::move(dimensions));
}

/// The scale of the output: one value for each output channel, along axis 1.
SmallTensor output_scale(const Node& node, const SmallTensor& groups, const Dequantization& weights) {
  const Shape& shape = weights.stored.shape();
  auto all = product(*weights.scale, with_rank(groups, shape.rank(), 0));
  if (all.values.size() != 1) all = all.broadcast_to(along_outputs(node, shape));
  return collapsed(with_rank(std::move(all), node.output(0).shape().rank(), 1));
}

/// Zero points of the data, one for each channel, as OpenVINO's kernels take them.
void spread_zero_point(Dequantization& dq, std::size_t channels, std::size_t rank) {
  if (!dq.zero_point) return;
  const Shape shape =
      with_rank({Shape{static_cast<std::int64_t>(channels)}, std::vector<float>(channels)}, rank, 1).shape;
  if (broadcasts_to(aligned(*dq.zero_point, rank).shape, shape)) dq.zero_point = dq.zero_point->broadcast_to(shape);
}

Expected<void> check_operands(const Node& node, const Dequantization& dq, const Dequantization& weights,
                              const PassContext& context) {
  if (!dq.is_low_precision())
    return refused(Cause::input_of_other_type, "its activations are of type {}", name(dq.type));
  if (auto fits = check_integer_edge(dq, context); !fits) return fits;
  if (auto fits = check_zero_point(dq); !fits) return refused(std::move(fits.error()).about("its activations"));
  if (auto fits = check_zero_point(weights); !fits) return refused(std::move(fits.error()).about("its weights"));
  if (context.goal.has_integer_edges() && weights.zero_point &&
      context.levels_of_no_kernel.contains(node.input(1).node()))
    return refused(Cause::weights_zero_point,
                   "its weights have levels that no kernel knows, and a zero point that it would round");
  if (node.input_count() > 2 && node.input(2).node().constant() == nullptr)
    return refused(Cause::operand_not_constant, "its output shape is no constant");
  return {};
}

/// Refuses data of other channels than the weights are for.
Expected<void> check_channels(const Node& node, const Channels& channels) {
  const Shape& data = node.input(0).shape();
  const auto wanted = channels.groups * channels.inputs;
  if (data.has_rank() && (data.rank() != node.output(0).shape().rank() || data.rank() < 2 ||
                          !data[1].compatible(Dimension::exactly(static_cast<std::int64_t>(wanted)))))
    return refused(Cause::weights_channels_differ, "its weights are for {} channels, its data is [{}]", wanted, data);
  return {};
}

/// Float edges: the scale of the activations goes to that of the weights.
Outcome scale_weights(Graph& graph, Node& node, const Dequantization& dq, const Dequantization& weights,
                      const SmallTensor& groups, PassContext& context) {
  auto scale = product(*weights.scale, with_rank(groups, weights.stored.shape().rank(), 0));
  // The runtime throws on one value for several output channels of a group.
  if (!is_uniform(scale)) scale = scale.broadcast_to(along_outputs(node, weights.stored.shape()));
  if (!dq.scale && scale.shape == weights.scale->shape) return no_match();
  graph.set_input(node, 0, dq.stored);
  set_weights_scale(graph, node, weights, std::move(scale), context);
  return rewritten();
}

/// Integer edges: all scales go behind the operation.
Outcome sum_integers(Graph& graph, Node& node, Dequantization dq, Dequantization weights, const SmallTensor& groups,
                     std::size_t channels, PassContext& context) {
  Dequantization below = dq;
  below.type = dq.real;
  below.zero_point.reset();
  below.scale = output_scale(node, groups, weights);
  if (!node.is("ConvolutionBackpropData")) spread_zero_point(dq, channels, node.output(0).shape().rank());
  if (weights.zero_point)
    weights.zero_point = weights.zero_point->broadcast_to(along_outputs(node, weights.stored.shape()));
  const std::string base(node.name());
  for (const std::size_t port : {0, 1}) {
    const auto& operand = port == 0 ? dq : weights;
    const Value steps = insert_without_scale(graph, node, base + (port == 0 ? "/activations" : "/weights"), operand);
    if (operand.zero_point) context.of_one_step[steps.node()] = {base, port, -operand.scale->farthest_from_0()};
    graph.set_input(node, port, steps);
  }
  relax_types(graph, node, std::vector{ElementType::f32, ElementType::f32}, ElementType::f32);
  dequantize_output(graph, node, 0, below, context.float_edges);
  return rewritten();
}

}  // namespace

void set_weights_scale(Graph& graph, Node& node, const Dequantization& weights, SmallTensor scale,
                       PassContext& context) {
  const Value old = node.input(1);
  Node& multiply = old.node();
  const std::string name(multiply.name());
  // What several operations read is dequantized for each of them from the stored values on: the runtime's kernels do
  // not take integers whose Convert has other readers.
  if (!multiply.is("Multiply") || !old.has_one_reader()) {
    Dequantization whole = weights;
    whole.scale = std::move(scale);
    graph.set_input(node, 1, insert_dequantization(graph, &node, name, weights.stored, whole));
    return;
  }
  graph.set_input(multiply, 1 - data_port(multiply),
                  insert_parameter(graph, &multiply, name + "/scale", weights.real, scale).output(0));
  const auto before = combined(*weights.scale, scale, std::divides<>());
  context.multiples.push_back({multiply.name(), old.names(), 0, old.shape().rank(), weights.real, collapsed(before)});
}

Outcome propagate_weighted(Graph& graph, Node& node, PassContext& context) {
  const auto dq = per_channel_before(node, context);
  if (!dq) return refused(dq.error());
  const auto weights = quantized_weights(node, context.float_edges);
  if (!weights) return refused(weights.error());
  if (auto fits = check_operands(node, *dq, *weights, context); !fits) return refused(fits.error());
  const auto channels = channels_of(node, weights->stored.shape());
  if (auto fits = check_channels(node, channels); !fits) return refused(fits.error());
  const auto groups = group_scales(dq->scale.value_or(scalar(1)), channels);
  if (!groups || (dq->keeps_channel_scales && channels.groups == 1))
    return refused(Cause::activations_per_channel_scale, "its activations have a scale for each channel");
  context.integer_kernels.insert(node);
  if (!context.goal.has_integer_edges()) return scale_weights(graph, node, *dq, *weights, *groups, context);
  return sum_integers(graph, node, *dq, *weights, *groups, channels.groups * channels.inputs, context);
}

}  // namespace lpt
