#include "runtime/kernels.hpp"

#include <algorithm>
#include <cmath>
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

/// The ranges of a FakeQuantize that kernels take, or why they take none.
Expected<Ranges> ranges_for_kernels(const Node& node) {
  if (!node.is("FakeQuantize") || node.input_count() != 5) return no_match();
  auto ranges = ranges_of(node);
  if (ranges && (!is_supported_levels(ranges->levels) || ranges->levels > kMostLevels))
    return refused(Cause::levels_not_supported, "\"{}\" (FakeQuantize) has {} levels", node.name(), ranges->levels);
  return ranges;
}

/// As far as the ends of a range, in f32, can tell.
bool lies_on_step(float steps) {
  constexpr float kTolerance = 1e-2F;
  return std::abs(steps - std::nearbyint(steps)) < kTolerance;
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
  if (node.is("MaxPool") && node.output_count() > 1 && node.output(1).has_readers()) return false;
  const auto* rounding = node.attribute("rounding_type");
  return preserves_type(node) && (rounding == nullptr || *rounding != "ceil_torch");
}

/// The scale of weights for an integer kernel, aligned to them; or why none takes them.
Expected<SmallTensor> weights_scale(Value weights, RuntimeKernels::ZeroPoints zero_points, int moves = 0) {
  constexpr int kMostMoves = 8;
  const Node& above = weights.node();
  if ((above.is("Reshape") || above.is("Transpose")) && above.input_count() == 2 && moves < kMostMoves) {
    auto scale = weights_scale(above.input(0), zero_points, moves + 1);
    if (!scale || is_uniform(*scale)) return scale;
    const Shape &from = above.input(0).shape(), &to = weights.shape();
    std::optional<SmallTensor> moved;
    if (above.is("Transpose")) {
      if (auto through = through_operation(above, *scale)) moved = std::move(through->front());
    } else if (from.is_static() && to.is_static()) {
      moved = reshaped_with_data(*scale, from, to);
    }
    if (moved) return std::move(*moved);
    return refused(refusal(Cause::weights_scale_off_channels, "their scale does not go through \"{}\" ({})",
                           above.name(), above.type())
                       .blaming(above));
  }
  if (!weights.shape().is_static()) return refused(Cause::lengths_unknown, "their shape is {}", weights.shape());
  const auto rank = weights.shape().rank();
  if (above.is("FakeQuantize")) {
    const auto ranges = ranges_for_kernels(above);
    if (!ranges) return refused(Refusal(ranges.error()).blaming(above));
    if (!is_constant(above.input(0)))
      return refused(refusal(Cause::weights_not_constant, "they are computed when the model runs").blaming(above));
    const std::vector signed_byte{ElementType::i8};
    const auto type = choose_weights_type(*ranges, signed_byte);
    if (!type)
      return refused(refusal(Cause::weights_not_storable, "their range of {} levels does not fit i8", ranges->levels)
                         .blaming(above));
    if (type->has_zero_point)
      return refused(refusal(Cause::weights_zero_point, "their range is not symmetric").blaming(above));
    return aligned(in_integers(*ranges, *type).scale, rank);
  }
  const auto dq = Dequantization::producing_constant(weights, {});
  if (!dq) {
    if (!is_constant(weights))
      return refused(refusal(Cause::weights_not_constant, "they come from \"{}\" ({})", above.name(), above.type())
                         .blaming(above));
    return refused(refusal(Cause::weights_not_quantized, "they are {} in \"{}\" ({})", name(weights.type()),
                           above.name(), above.type())
                       .blaming(above));
  }
  const Node& stored = dq->stored.node();
  const bool any_type = zero_points == RuntimeKernels::ZeroPoints::absent;
  if (stored.constant() == nullptr) {
    if (auto above_them = weights_scale(dq->stored, zero_points, moves + 1); !above_them) return above_them;
  } else if (dq->type != ElementType::i8 && !(any_type && dq->type == ElementType::u8)) {
    const auto cause = is_real(dq->type) ? Cause::weights_not_quantized : Cause::weights_of_other_type;
    return refused(refusal(cause, "they are stored as {}, should be i8", name(dq->type)).blaming(stored));
  }
  // The runtime rounds zero points: what is left of those of symmetric weights goes.
  if (dq->zero_point && !any_type && std::nearbyint(dq->zero_point->farthest_from_0()) != 0)
    return refused(refusal(Cause::weights_zero_point, "they have a zero point").blaming(stored));
  if (!dq->scale)
    return refused(
        refusal(Cause::input_without_scale, "no Multiply stands behind their Convert, be it by 1").blaming(stored));
  return aligned(*dq->scale, rank);
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
      if (!check(*node)) continue;
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
    Steps own{.source = &node};
    own.uniform = is_uniform(ranges->output_low) && is_uniform(ranges->output_high);
    own.centred = !preferred_type(ranges->levels, ranges->output_low, ranges->output_high).has_zero_point;
    const auto ends = combined(ranges->output_low, ranges->output_high, std::plus<>());
    own.by_column = !own.uniform && !ends.shape.dimensions().empty() && ends.shape[ends.shape.rank() - 1].min != 1;
    own.low = *std::ranges::min_element(ranges->output_low.values);
    own.high = *std::ranges::max_element(ranges->output_high.values);
    own.levels = ranges->levels;
    const float half_step = (own.high - own.low) / 2 / static_cast<float>(ranges->levels - 1);
    own.holds_zero = own.low <= half_step && own.high >= -half_step;
    const auto steps_to_zero = combined(ranges->output_low, ranges->output_high, [&](float low, float high) {
      return -low / (high - low) * static_cast<float>(ranges->levels - 1);
    });
    own.rounded = !std::ranges::all_of(steps_to_zero.values, lies_on_step);
    return own;
  }
  const auto dq = Dequantization::producing(node.output(0), {});
  if (dq && dq->scale && is_byte(dq->stored.type()) && dq->stored.node().constant() == nullptr && check_zero_point(*dq))
    return range_of(node, *dq);
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
    const auto is_worse = [](bool was, bool is) { return was && !is; };
    if (is_worse(own.uniform, other->uniform) || is_worse(own.centred, other->centred) ||
        is_worse(own.holds_zero, other->holds_zero))
      own.source = other->source;
    own.uniform &= other->uniform;
    own.by_column |= other->by_column;
    own.centred &= other->centred;
    own.holds_zero &= other->holds_zero;
    own.averaged |= other->averaged;
    own.signed_with_zero_point |= other->signed_with_zero_point;
    own.rounded |= other->rounded || own.low != other->low || own.high != other->high;
    own.low = std::min(own.low, other->low);
    own.high = std::max(own.high, other->high);
    own.levels = std::max(own.levels, other->levels);
  }
  return own;
}

RuntimeKernels::Steps RuntimeKernels::range_of(const Node& node, const Dequantization& dq) {
  const auto stored = integer_range(dq.type);
  const auto low = dq.real_of(scalar(static_cast<float>(stored.low))).values,
             high = dq.real_of(scalar(static_cast<float>(stored.high))).values;
  Steps own{.source = &node};
  own.uniform = dq.has_uniform_scale();
  own.by_column = !own.uniform;
  own.centred = !dq.zero_point;
  own.signed_with_zero_point =
      dq.type == ElementType::i8 && dq.zero_point &&
      std::ranges::any_of(dq.zero_point->values, [](float z) { return std::nearbyint(z) != 0; });
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

Refusal RuntimeKernels::why_real(Value value) const {
  constexpr int kFar = 64;
  for (int i = 0; i < kFar; ++i) {
    const Node& node = value.node();
    const auto named = [&](Cause cause, std::string_view what) {
      return refusal(cause, "its data comes from \"{}\" ({}), {}", node.name(), node.type(), what).blaming(node);
    };
    if (node.is("FakeQuantize")) {
      const auto ranges = ranges_for_kernels(node);
      if (!ranges && !ranges.error().is_no_match()) return Refusal(ranges.error()).blaming(node);
      return named(Cause::input_not_quantized, "which quantizes a constant");
    }
    const auto dq = Dequantization::producing(value, {});
    if (dq && dq->scale && is_low_precision(dq->stored.type())) {
      if (!is_byte(dq->stored.type()))
        return named(Cause::input_of_other_type, "whose integers are of more than 8 bits");
      if (const auto zero_point = check_zero_point(*dq); !zero_point) return Refusal(zero_point.error()).blaming(node);
      return named(Cause::input_not_quantized, "which dequantizes a constant");
    }
    if (dq && !dq->scale) return named(Cause::input_without_scale, "a dequantization without a Multiply");
    const Steps* above = node.input_count() == 0 ? nullptr : steps(node, 0);
    const bool moves_values =
        node.input_count() != 0 && (keeps_steps(node) || changes_nothing(node) || node.is("AvgPool"));
    if (above == nullptr) {
      if (!moves_values) return named(Cause::input_not_quantized, "which no FakeQuantize quantizes");
      value = node.input(0);
      continue;
    }
    if (node.is("Concat")) {
      std::size_t port = 1;
      while (port + 1 < node.input_count() && steps(node, port) != nullptr) ++port;
      value = node.input(port);
      continue;
    }
    if (node.is("ReLU"))
      return named(Cause::computed_between, "which cuts off a range that goes below 0; put it in front");
    if (node.is("Pad")) return named(Cause::padding_between_steps, "which pads with another value than 0");
    if (node.is("AvgPool")) return named(Cause::computed_between, "the second average in a row");
    if (node.is("MaxPool") && node.output_count() > 1 && node.output(1).has_readers())
      return named(Cause::computed_between, "of which the indices are read as well");
    if (node.is("MaxPool")) return named(Cause::windows_differ, "which rounds as ceil_torch");
    if (!above->uniform && moves_values)
      return named(Cause::activations_per_channel_scale, "where channels with scales of their own change their place");
    return named(Cause::computed_between, "which computes real numbers of what is quantized in front of it");
  }
  return refusal(Cause::input_not_quantized, "its data comes from no FakeQuantize nearby");
}

Expected<void> RuntimeKernels::check_recurrent(const Node& sequence) const {
  // One of both directions runs in f32 over weights under a FakeQuantize, and in integers over folded ones, wrongly.
  const auto* direction = sequence.attribute("direction");
  if (direction != nullptr && *direction == "bidirectional")
    return refused(Cause::no_integer_kernel, "it runs in both directions");
  if (stored_type(sequence.input(1)) == ElementType::i8) {
    const Node& state = sequence.input(1).node();
    return refused(
        refusal(Cause::input_of_other_type, "its initial state \"{}\" ({}) is stored as i8", state.name(), state.type())
            .blaming(state));
  }
  const std::size_t first = sequence.is("LSTMSequence") ? 4 : 3;
  for (const auto& [port, subject] : {std::pair(first, "its weights W"), std::pair(first + 1, "its weights R")}) {
    if (auto scale = weights_scale(sequence.input(port), of_weights_); !scale)
      return refused(std::move(scale.error()).about(subject));
  }
  return {};
}

Expected<void> RuntimeKernels::check_weights(const Node& layer) const {
  const auto scale = weights_scale(layer.input(1), of_weights_);
  if (!scale) {
    const bool computed = layer.is("MatMul") && scale.error().cause() == Cause::weights_not_constant;
    return refused(computed ? why_real(layer.input(1)) : Refusal(scale.error()).about("its weights"));
  }
  const auto own_rank = scale->shape.rank(), rank = layer.input(1).shape().rank();
  bool fits = false;
  if (!layer.is("MatMul")) {
    fits = varies_only_along(*scale, find_facts(layer.type())->output_channel_axes, own_rank);
  } else if (rank < 2) {
    fits = is_uniform(*scale);
  } else {
    fits = varies_only_along(*scale, boolean_attribute(layer, "transpose_b", false) ? rank - 2 : rank - 1, own_rank);
  }
  if (fits) return {};
  return refused(refusal(Cause::weights_scale_off_channels,
                         "the scale of its weights, {}, is not along the output channels", scale->shape)
                     .blaming(layer.input(1).node()));
}

Expected<void> RuntimeKernels::check(const Node& node) const {
  if (node.input_count() < 2 || !node.input(1).shape().has_rank())
    return refused(Cause::rank_unknown, "the rank of its weights is not known");
  if (node.is("GroupConvolutionBackpropData")) return refused(Cause::no_integer_kernel, "there is none for its type");
  const Steps* data = steps(node, 0);
  if (data == nullptr) return refused(why_real(node.input(0)));
  if (is_recurrent_sequence(node)) return check_recurrent(node);
  const auto blamed = [](const Steps& steps, Cause cause, std::string_view what) {
    return refused(
        refusal(cause, "\"{}\" ({}) {}", steps.source->name(), steps.source->type(), what).blaming(*steps.source));
  };
  if (node.is("MatMul") && data->by_column)
    return blamed(*data, Cause::activations_per_channel_scale, "has several scales along the axis that is summed");
  if (!data->uniform && !is_depthwise(node) && !node.is("MatMul"))
    return blamed(*data, Cause::activations_per_channel_scale, "has a scale for each channel");
  if (node.is("ConvolutionBackpropData") && !data->centred)
    return blamed(*data, Cause::zero_point_not_supported, "has a range that is neither symmetric nor begins at 0");
  if (!node.is("MatMul") && !data->holds_zero)
    return blamed(*data, Cause::zero_point_off_type, "has a range that 0 is not in");
  if (!node.is("MatMul") && data->signed_with_zero_point)
    return blamed(*data, Cause::zero_point_not_supported, "has a zero point on signed integers; u8 may have one");
  const Steps* other = node.is("MatMul") ? steps(node, 1) : nullptr;
  if (other == nullptr && of_weights_ == ZeroPoints::absent && (data->rounded || data->averaged)) return no_match();
  if (other == nullptr) return check_weights(node);
  if (!other->uniform) return blamed(*other, Cause::activations_per_channel_scale, "has a scale for each channel");
  if (!other->centred || other->low >= 0)
    return blamed(*other, Cause::zero_point_not_supported,
                  "has a range that is not symmetric, as the second input needs");
  if (!data->centred)
    return blamed(*data, Cause::zero_point_not_supported, "has a range that is neither symmetric nor begins at 0");
  return {};
}

Refusal RuntimeKernels::why_not(const Node& node) const {
  if (const auto checked = check(node); !checked) return checked.error();
  return refusal(Cause::no_fake_quantize, "the model holds no FakeQuantize of at most 256 levels");
}

}  // namespace lpt
