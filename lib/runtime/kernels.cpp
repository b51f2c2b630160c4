#include "runtime/kernels.hpp"

#include <algorithm>
#include <functional>

#include "ops/attributes.hpp"
#include "ops/facts.hpp"
#include "ops/operation.hpp"
#include "quant/activation_quantization.hpp"
#include "quant/dequantization.hpp"
#include "quant/through_operation.hpp"

namespace lpt {
namespace {

constexpr std::uint64_t kMostLevels = 256;

std::optional<Ranges> ranges_for_kernels(const Node& node) {
  if (!node.is("FakeQuantize") || node.input_count() != 5) return std::nullopt;
  auto ranges = ranges_of(node);
  if (!ranges || !is_supported_levels(ranges->levels) || ranges->levels > kMostLevels) return std::nullopt;
  return std::move(*ranges);
}

bool is_byte(ElementType type) { return type == ElementType::u8 || type == ElementType::i8; }

/// Also of integers that are converted, as a guard reads them.
bool is_constant(Value value) {
  const Node& node = value.node();
  return constant_path(value) || (node.is("Convert") && node.input(0).node().constant() != nullptr);
}

/// What a runtime takes away before it looks: a Convert between real types, a Multiply by 1, an Add of 0.
bool changes_nothing(const Node& node) {
  if (!is_linear(node) || !is_real(node.input(0).type())) return false;
  if (node.is("Convert")) return is_real(node.output(0).type());
  const auto operand = small_tensor(node.input(1));
  const float neutral = node.is("Multiply") ? 1 : 0;
  return operand && std::ranges::all_of(operand->values, [&](float v) { return v == neutral; });
}

/// Where integers stay integers, by the facts.
bool keeps_steps(const Node& node) {
  if (node.is("Interpolate")) {
    const auto* mode = node.attribute("mode");
    return mode != nullptr && *mode == "nearest";
  }
  const auto value = node.is("Pad") && node.input_count() > 3 ? small_tensor(node.input(3)) : std::nullopt;
  if (value && !(is_uniform(*value) && value->values[0] == 0)) return false;
  const auto* rounding = node.attribute("rounding_type");
  return preserves_type(node) && (rounding == nullptr || *rounding != "ceil_torch");
}

/// The scale of weights for an integer kernel, aligned to them; empty for weights that none takes: no integers, with a
/// zero point, or of a shape that is not known.
std::optional<SmallTensor> weights_scale(Value weights, int moves = 0) {
  constexpr int kMostMoves = 8;
  const Node& above = weights.node();
  if (moves > kMostMoves) return std::nullopt;
  if ((above.is("Reshape") || above.is("Transpose")) && above.input_count() == 2) {
    const auto scale = weights_scale(above.input(0), moves + 1);
    if (!scale || is_uniform(*scale)) return scale;
    const Shape &from = above.input(0).shape(), &to = weights.shape();
    if (above.is("Reshape"))
      return from.is_static() && to.is_static() ? reshaped_with_data(*scale, from, to) : std::nullopt;
    auto moved = through_operation(above, *scale);
    return moved ? std::optional(std::move(moved->front())) : std::nullopt;
  }
  if (!weights.shape().is_static()) return std::nullopt;
  const auto rank = weights.shape().rank();
  if (const auto ranges = ranges_for_kernels(above)) {
    const std::vector signed_byte{ElementType::i8};
    const auto type = choose_weights_type(*ranges, signed_byte);
    if (!is_constant(above.input(0)) || !type || type->has_zero_point) return std::nullopt;
    return aligned(in_integers(*ranges, *type).scale, rank);
  }
  const auto dq = Dequantization::producing_constant(weights, {});
  if (!dq || !dq->scale || dq->zero_point) return std::nullopt;
  const Node& stored = dq->stored.node();
  const bool quantized =
      stored.constant() != nullptr ? dq->type == ElementType::i8 : weights_scale(dq->stored, moves + 1).has_value();
  return quantized ? std::optional(aligned(*dq->scale, rank)) : std::nullopt;
}

bool is_depthwise(const Node& node) {
  const Shape& weights = node.input(1).shape();
  return node.is("GroupConvolution") && weights.rank() > 2 && weights[2] == Dimension::exactly(1);
}

/// The type of a constant that the runtime stores as integers, of a sign or under a FakeQuantize, also behind what only
/// moves it; empty for any other value.
std::optional<ElementType> stored_type(Value value) {
  bool is_repeated = false;
  while (preserves_type(value.node()) && value.node().input_count() > 0) {
    is_repeated |= value.node().is("Broadcast");
    value = value.node().input(0);
  }
  std::optional<ElementType> type;
  const Node& node = value.node();
  if (const auto ranges = ranges_for_kernels(node)) {
    if (constant_path(node.input(0)))
      type = *std::ranges::min_element(ranges->output_low.values) < 0 ? ElementType::i8 : ElementType::u8;
  } else if (const auto dq = Dequantization::producing_constant(value, {})) {
    if (is_byte(dq->type) && dq->scale) type = dq->type;
  }
  // Signed ones are moved beforehand, but not repeated.
  return is_repeated && type == ElementType::i8 ? std::nullopt : type;
}

}  // namespace

bool is_heavy(const Node& node) { return sums_products(node) || is_recurrent_sequence(node); }

void RuntimeKernels::add(const Graph& graph) {
  for (const Node* node : graph.topological_order().nodes) {
    if (!node->is_live() || node->input_count() == 0) continue;
    start_ = start_ || ranges_for_kernels(*node);
    if (is_heavy(*node)) {
      if (!takes_integers(*node)) continue;
      kernels_.insert(*node);
      any_ = true;
      if (const auto by = is_recurrent_sequence(*node) ? cut_by(*node) : std::nullopt) cut_.push_back({node, *by});
      continue;
    }
    const auto own = steps_behind(*node);
    for (std::size_t i = 0; own && i < node->output_count(); ++i) steps_[node->output(i)] = *own;
  }
}

std::optional<RuntimeKernels::Steps> RuntimeKernels::steps_behind(const Node& node) const {
  if (node.output_count() == 0) return std::nullopt;
  if (const auto ranges = ranges_for_kernels(node); ranges && !is_constant(node.input(0))) {
    Steps own;
    own.uniform = is_uniform(ranges->output_low) && is_uniform(ranges->output_high);
    own.centred = !preferred_type(ranges->levels, ranges->output_low, ranges->output_high).has_zero_point;
    const auto ends = combined(ranges->output_low, ranges->output_high, std::plus<>());
    own.by_column = !own.uniform && !ends.shape.dimensions().empty() && ends.shape[ends.shape.rank() - 1].min != 1;
    own.low = *std::ranges::min_element(ranges->output_low.values);
    own.high = *std::ranges::max_element(ranges->output_high.values);
    const float half_step = (own.high - own.low) / 2 / static_cast<float>(ranges->levels - 1);
    own.holds_zero = own.low <= half_step && own.high >= -half_step;
    return own;
  }
  const auto dq = Dequantization::producing(node.output(0), {});
  if (dq && dq->scale && is_byte(dq->stored.type()) && dq->stored.node().constant() == nullptr && check_zero_point(*dq))
    return range_of(*dq);
  const Steps* above = steps(node, 0);
  if (above == nullptr || (node.is("ReLU") && above->low < 0)) return std::nullopt;
  Steps own = *above;
  const bool averages = node.is("AvgPool") && !own.averaged;
  own.averaged |= averages;
  if (!averages && !keeps_steps(node) && !changes_nothing(node)) return std::nullopt;
  if (!own.uniform && node.input(0).shape().has_rank() && node.output(0).shape().has_rank() &&
      node.input(0).shape().rank() != node.output(0).shape().rank())
    return std::nullopt;
  for (std::size_t port = 1; node.is("Concat") && port < node.input_count(); ++port) {
    const Steps* other = steps(node, port);
    if (other == nullptr) return std::nullopt;
    own.uniform &= other->uniform;
    own.by_column |= other->by_column;
    own.centred &= other->centred;
    own.holds_zero &= other->holds_zero;
    own.averaged |= other->averaged;
    own.low = std::min(own.low, other->low);
    own.high = std::max(own.high, other->high);
  }
  return own;
}

RuntimeKernels::Steps RuntimeKernels::range_of(const Dequantization& dq) {
  const auto stored = integer_range(dq.type);
  const auto low = dq.real_of(scalar(static_cast<float>(stored.low))).values,
             high = dq.real_of(scalar(static_cast<float>(stored.high))).values;
  Steps own;
  own.uniform = dq.has_uniform_scale();
  own.by_column = !own.uniform;
  own.centred = !dq.zero_point;
  // A zero point that is rounded into the type is one of its steps.
  own.low = std::min(0.0F, *std::ranges::min_element(low));
  own.high = std::max(0.0F, *std::ranges::max_element(high));
  return own;
}

std::optional<CutStates::By> RuntimeKernels::cut_by(const Node& sequence) const {
  if (stored_type(sequence.input(1)) == ElementType::u8) return CutStates::initial_state;
  const Steps &data = *steps(sequence, 0), *state = steps(sequence, 1);
  const bool differ = state != nullptr && (state->low != data.low || state->high != data.high);
  return data.low > -1 || data.high < 1 || differ ? std::optional(CutStates::data) : std::nullopt;
}

bool RuntimeKernels::takes_integers(const Node& node) const {
  const Steps* data = steps(node, 0);
  if (data == nullptr || node.input_count() < 2 || !node.input(1).shape().has_rank()) return false;
  if (is_recurrent_sequence(node)) {
    // One of both directions runs in f32 over weights under a FakeQuantize, and in integers over folded ones, wrongly.
    const auto* direction = node.attribute("direction");
    if (direction != nullptr && *direction == "bidirectional") return false;
    const std::size_t first = node.is("LSTMSequence") ? 4 : 3;
    return stored_type(node.input(1)) != ElementType::i8 && weights_scale(node.input(first)) &&
           weights_scale(node.input(first + 1));
  }
  const bool fits = data->uniform || is_depthwise(node) || (node.is("MatMul") && !data->by_column);
  if (node.is("GroupConvolutionBackpropData") || !fits) return false;
  if (node.is("ConvolutionBackpropData") && !data->centred) return false;
  if (!node.is("MatMul") && !data->holds_zero) return false;
  if (const Steps* other = steps(node, 1); node.is("MatMul") && other != nullptr)
    return other->uniform && other->centred && other->low < 0 && data->centred;
  const auto scale = weights_scale(node.input(1));
  if (!scale) return false;
  const auto own_rank = scale->shape.rank();
  if (!node.is("MatMul")) return varies_only_along(*scale, find_facts(node.type())->output_channel_axes, own_rank);
  const auto rank = node.input(1).shape().rank();
  if (rank < 2) return is_uniform(*scale);
  return varies_only_along(*scale, boolean_attribute(node, "transpose_b", false) ? rank - 2 : rank - 1, own_rank);
}

}  // namespace lpt
