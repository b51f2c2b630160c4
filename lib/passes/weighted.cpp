#include "passes/weighted.hpp"

#include <algorithm>

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
  for (const auto axis : output_channel_axes(node)) dimensions[axis] = weights[axis];
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

std::optional<std::string> unusable(const Node& node, const Dequantization& dq, const Dequantization& weights,
                                    const Conversion& conversion) {
  if (!dq.scale && !dq.on_real_edge) return "its activations have no scale";
  if (!dq.is_low_precision()) return fmt::format("its activations are of type {}", name(dq.type));
  if (dq.stored.type() != dq.real && !conversion.has_integer_edges())
    return "it reads integers, which the openvino dialect leaves to the runtime";
  if (auto reason = unusable_zero_point(dq)) return "its activations: " + *reason;
  if (auto reason = unusable_zero_point(weights)) return "its weights: " + *reason;
  if (conversion.has_integer_edges() && weights.zero_point && conversion.has_levels_of_no_kernel(node.input(1)))
    return "its weights have levels that no kernel knows, and a zero point that it would round";
  return std::nullopt;
}

}  // namespace

void set_weights_scale(Graph& graph, Node& node, const Dequantization& weights, SmallTensor scale) {
  const Value old = node.input(1);
  Node& multiply = const_cast<Node&>(old.node());
  const std::string name(multiply.name());
  // What several operations read is dequantized for each of them from the stored values on: OpenVINO's kernels do not
  // take integers whose Convert has other readers.
  if (!multiply.is("Multiply") || old.use_count() != 1) {
    Dequantization whole = weights;
    whole.scale = std::move(scale);
    graph.set_input(node, 1, insert_dequantization(graph, &node, name, weights.stored, whole));
    return;
  }
  const std::size_t port = multiply.input(0).node().constant() != nullptr ? 0 : 1;
  graph.set_input(multiply, port, insert_parameter(graph, &multiply, name + "/scale", weights.real, scale).output(0));
}

Outcome propagate_weighted(Graph& graph, Node& node, Conversion& conversion) {
  const auto before = per_channel_before(node, conversion);
  if (!before) return before.outcome;
  auto dq = *before;
  auto found = quantized_weights(node, conversion.real_edges);
  if (auto* reason = std::get_if<std::string>(&found)) return refused("{}", *reason);
  auto& weights = std::get<Dequantization>(found);
  if (auto reason = unusable(node, dq, weights, conversion)) return refused("{}", *reason);
  if (node.input_count() > 2 && node.input(2).node().constant() == nullptr)
    return refused("its output shape is no constant");
  const Shape& shape = weights.stored.shape();
  const auto channels = channels_of(node, shape);
  const Shape& data = node.input(0).shape();
  if (data.has_rank() &&
      (data.rank() != node.output(0).shape().rank() || data.rank() < 2 ||
       !data[1].compatible(Dimension::exactly(static_cast<std::int64_t>(channels.groups * channels.inputs)))))
    return refused("its weights are for {} channels, its data is [{}]", channels.groups * channels.inputs,
                   data.to_string());
  const auto groups = group_scales(dq.scale.value_or(scalar(1)), channels);
  if (!groups || (dq.keeps_channel_scales && channels.groups == 1))
    return refused("its activations have a scale for each channel");
  conversion.works_on_integers(node);

  if (dq.on_real_edge) {
    auto scale = product(*weights.scale, with_rank(*groups, shape.rank(), 0));
    // OpenVINO throws on one value for several output channels of a group.
    if (!is_uniform(scale)) scale = scale.broadcast_to(along_outputs(node, shape));
    if (!dq.scale && scale.shape == weights.scale->shape) return no_match();
    graph.set_input(node, 0, dq.stored);
    set_weights_scale(graph, node, weights, std::move(scale));
    return rewritten();
  }
  Dequantization below = dq;
  below.type = dq.real;
  below.zero_point.reset();
  below.scale = output_scale(node, *groups, weights);
  if (!node.is("ConvolutionBackpropData"))
    spread_zero_point(dq, channels.groups * channels.inputs, node.output(0).shape().rank());
  if (weights.zero_point) weights.zero_point = weights.zero_point->broadcast_to(along_outputs(node, shape));
  const std::string base(node.name());
  graph.set_input(node, 0, insert_without_scale(graph, node, base + "/activations", dq));
  graph.set_input(node, 1, insert_without_scale(graph, node, base + "/weights", weights));
  relax_types(graph, node, std::vector{ElementType::f32, ElementType::f32}, ElementType::f32);
  dequantize_output(graph, node, 0, below, conversion.real_edges);
  return rewritten();
}

}  // namespace lpt
