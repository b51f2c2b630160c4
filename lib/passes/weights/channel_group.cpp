#include "passes/weights/channel_group.hpp"

#include <algorithm>

#include "ops/operation.hpp"
#include "quant/constant_bytes.hpp"

namespace lpt {
namespace {

constexpr std::size_t kChannels = 1;  // the axis

bool is_depthwise(const Node& node) {
  if (!node.is("GroupConvolution") || node.input_count() < 2 || !node.input(1).shape().is_static()) return false;
  const Shape& weights = node.input(1).shape();
  return weights.rank() > 2 && weights[1].min == 1 && weights[2].min == 1;
}

/// The inputs of a layer of channel by channel arithmetic that may be data; the others are constants.
std::size_t data_inputs(const Node& node) {
  const auto* rule = node.attribute("auto_broadcast");
  if (rule != nullptr && *rule != "numpy" && *rule != "none") return 0;
  if (node.is("Add") || node.is("Multiply") || node.is("Subtract")) return 2;
  constexpr std::string_view kOne[] = {"AvgPool", "Clamp", "FakeQuantize", "MaxPool", "ReLU"};
  return is_depthwise(node) || std::ranges::find(kOne, node.type()) != std::end(kOne) ? 1 : 0;
}

/// An operand for all channels, or for each.
bool fits_channels(Value constant, const Shape& data) {
  const auto operand = small_tensor(constant);
  if (!operand || operand->shape.rank() > data.rank()) return false;
  const auto length = aligned(*operand, data.rank()).shape[kChannels];
  return length.min == 1 || length == data[kChannels];
}

class Walk {
 public:
  Walk(Value first, const NodeSet& fixed) : channels_(first.shape()[kChannels]), fixed_(fixed), todo_{first} {}

  bool run() {
    while (!todo_.empty()) {
      const Value value = todo_.back();
      todo_.pop_back();
      if (seen_.contains(value.node())) continue;
      if (!give(value) || !std::ranges::all_of(value.readers(), [&](const Input& use) { return read(use); }))
        return false;
    }
    return true;
  }

  ChannelGroup group;

 private:
  bool has_channels(Value value) const {
    const Shape& shape = value.shape();
    return shape.has_rank() && shape.rank() > 2 && shape[kChannels] == channels_ && is_real(value.type());
  }

  /// Weights that can be gathered, for as many channels along an axis.
  bool has_weights(const Node& convolution, std::size_t axis) const {
    const auto weights = channel_weights(convolution);
    return weights && weights->stored.shape().rank() > 2 && weights->stored.shape()[axis] == channels_;
  }

  /// Looks at what gives a value.
  bool give(Value value) {
    Node& node = value.node();
    const bool several = node.output_count() > 1 && node.output(1).has_readers();
    if (value.index() != 0 || several || fixed_.contains(node) || !has_channels(value)) return false;
    seen_.insert(node);
    if (node.is("Convolution")) {
      group.producers.push_back(&node);
      return has_weights(node, 0);
    }
    group.members.push_back(&node);
    const auto data = data_inputs(node);
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      const Value input = node.input(i);
      if (i == 1 && is_depthwise(node) ? has_weights(node, 0) : fits_channels(input, value.shape())) continue;
      if (i >= data) return false;
      todo_.push_back(input);
    }
    return data > 0;
  }

  bool read(const Input& use) {
    if (use.node->is("Convolution") && use.index == 0) {
      group.readers.push_back(use.node);
      return has_weights(*use.node, 1);
    }
    todo_.push_back(use.node->output(0));
    return use.index < data_inputs(*use.node);
  }

  Dimension channels_;
  const NodeSet& fixed_;
  std::vector<Value> todo_;
  NodeSet seen_;
};

}  // namespace

std::optional<ChannelGroup> channel_group(Value value, NodeSet& fixed) {
  Walk walk(value, fixed);
  if (walk.run()) return std::move(walk.group);
  for (const auto* layers : {&walk.group.producers, &walk.group.members}) {
    for (const Node* layer : *layers) fixed.insert(*layer);
  }
  return std::nullopt;
}

std::optional<Dequantization> channel_weights(const Node& convolution) {
  if (convolution.input_count() < 2) return std::nullopt;
  const Value weights = convolution.input(1);
  if (!weights.shape().is_static()) return std::nullopt;
  if (weights.node().constant() != nullptr && is_real(weights.type())) {
    Dequantization plain;
    plain.stored = weights;
    plain.type = plain.real = weights.type();
    return plain;
  }
  auto dq = Dequantization::producing_constant(weights, {});
  if (!dq || dq->stored.node().constant() == nullptr || dq->stored.shape() != weights.shape()) return std::nullopt;
  if (dq->type != ElementType::i8 && dq->type != ElementType::u8) return std::nullopt;
  for (const auto& parameter : {dq->scale, dq->zero_point}) {
    if (parameter && !varies_only_along(*parameter, 0, weights.shape().rank())) return std::nullopt;
  }
  return !dq->zero_point || is_exact_in(dq->type, *dq->zero_point) ? std::move(dq) : std::nullopt;
}

void gather_member(Graph& graph, Node& member, const std::vector<std::size_t>& channels) {
  const auto rank = member.output(0).shape().rank();
  for (std::size_t i = 0; i < member.input_count(); ++i) {
    const Value input = member.input(i);
    const auto operand = small_tensor(input);
    if (!operand || operand->shape.rank() + kChannels < rank) continue;
    const auto own = aligned(*operand, rank);
    if (own.shape[kChannels].min == 1) continue;
    graph.set_input(member, i,
                    insert_parameter(graph, &member, std::string(input.node().name()), input.type(),
                                     gathered(own, kChannels, channels))
                        .output(0));
  }
}

}  // namespace lpt
