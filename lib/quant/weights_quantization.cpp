#include "quant/weights_quantization.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "quant/displacement.hpp"
#include "quant/quantized_source.hpp"
#include "tensor/parallel.hpp"

namespace lpt {
namespace {

/// The stored type, and the integers that the steps of the FakeQuantize stand for.
struct StoredSteps {
  ElementType type;
  int low;
  int high;
  int type_min;
  int type_max;
};

StoredSteps stored_steps(const RangeEnds& ranges, unsigned levels) {
  const auto non_negative = [](const SmallTensor& t) {
    return std::all_of(t.values.begin(), t.values.end(), [](float v) { return v >= 0; });
  };
  const bool is_unsigned = non_negative(ranges.output_low) && non_negative(ranges.output_high);
  const bool is_packed = levels <= 16;
  const int values = is_packed ? 16 : 256;
  const int steps = static_cast<int>(levels);
  if (is_unsigned) return {is_packed ? ElementType::u4 : ElementType::u8, 0, steps - 1, 0, values - 1};
  return {is_packed ? ElementType::i4 : ElementType::i8, -(steps / 2), -(steps / 2) + steps - 1, -values / 2,
          values / 2 - 1};
}

/// A value of the stored type that stands for q once the zero point is gone; empty if there is none.
std::optional<int> without_zero_point(int q, float zero_point, const StoredSteps& steps) {
  constexpr float kTolerance = 1e-4F;
  const float moved = static_cast<float>(q) - zero_point;
  const float nearest = std::nearbyint(moved);
  if (!(std::abs(moved - nearest) < kTolerance)) return std::nullopt;
  if (nearest < static_cast<float>(steps.type_min) || nearest > static_cast<float>(steps.type_max)) return std::nullopt;
  const int value = static_cast<int>(nearest);
  // The difference has to be the same for all steps of the channel.
  if (value != q - static_cast<int>(std::nearbyint(zero_point))) return std::nullopt;
  // OpenVINO compares i4 values with their upper half still in place, and so keeps those that change their sign.
  if (steps.type == ElementType::i4 && (value < 0) != (q < 0)) return std::nullopt;
  return value;
}

/// Whether the zero point of one channel can vanish for all, for none, or for some of its steps.
enum class Vanishes { always, never, depends };

Vanishes zero_point_vanishes(float zero_point, const StoredSteps& steps) {
  // Symmetric weights, where all that is left of the zero point is a rounding error: nothing moves.
  constexpr float kSurelyNothing = 5e-5F;
  if (std::abs(zero_point) < kSurelyNothing) return Vanishes::always;
  bool all = true, any = false;
  for (int q = steps.low; q <= steps.high; ++q) {
    const bool possible = without_zero_point(q, zero_point, steps).has_value();
    all = all && possible;
    any = any || possible;
  }
  return all ? Vanishes::always : any ? Vanishes::depends : Vanishes::never;
}

/// Looks whether every weight lies on a step for which the zero point can vanish.
bool every_weight_allows(const ConstantPath& weights, const QuantizeParameters& parameters,
                         const SmallTensor& zero_point, const StoredSteps& steps) {
  const QuantizedSource source(weights, parameters, ElementType::i8);
  const auto count = *weights.shape.element_count();
  const auto piece = source.piece_size();
  const BroadcastRuns runs(weights.shape, zero_point.shape);
  const int shift = steps.low;
  const auto span = static_cast<std::size_t>(steps.high - steps.low + 1);
  std::vector<char> allowed(zero_point.values.size() * span);
  for (std::size_t c = 0; c < zero_point.values.size(); ++c) {
    for (std::size_t step = 0; step < span; ++step) {
      allowed[c * span + step] =
          without_zero_point(shift + static_cast<int>(step), zero_point.values[c], steps).has_value();
    }
  }
  std::atomic<bool> all{true};
  parallel_tasks(count / piece + 1, [&](std::size_t index) {
    const auto first = index * piece;
    if (first >= count || !all) return;
    std::vector<std::int8_t> stored(std::min(piece, count - first));
    source.compute(first, stored);
    runs.visit(first, stored.size(), [&](const Run& run) {
      for (std::size_t i = 0; i < run.count; ++i) {
        const auto channel = run.parameter + (run.varies ? i : 0);
        // Stored holds the low 8 bits of the step counted from q_low.
        const auto step = static_cast<std::uint8_t>(stored[run.first - first + i] - static_cast<std::int8_t>(shift));
        if (step >= span || !allowed[channel * span + step]) all = false;
      }
    });
  });
  return all;
}

bool can_vanish(const ConstantPath& weights, const QuantizeParameters& parameters, const SmallTensor& zero_point,
                const StoredSteps& steps) {
  bool depends = false;
  for (const float z : zero_point.values) {
    const auto answer = zero_point_vanishes(z, steps);
    if (answer == Vanishes::never) return false;
    depends = depends || answer == Vanishes::depends;
  }
  return !depends || every_weight_allows(weights, parameters, zero_point, steps);
}

/// Refuses weights and ranges that do not go together.
Expected<void> check_fit(const ConstantPath& weights, const RangeEnds& ranges) {
  for (const auto* range : {&ranges.input_low, &ranges.input_high, &ranges.output_low, &ranges.output_high}) {
    if (!is_finite(*range)) return refused(Cause::range_not_usable, "a range is not finite");
    if (!broadcasts_to(range->shape, weights.shape)) {
      return refused(Cause::range_not_usable, "a range of shape [{}] does not fit weights of shape [{}]", range->shape,
                     weights.shape);
    }
  }
  return {};
}

/// Lets all weights of the channels with a scale of 0 be stored as 0, wherever they lie.
void store_zeros(QuantizeParameters& parameters, const SmallTensor& scales) {
  const auto each = scales.broadcast_to(parameters.shape).values;
  for (std::size_t i = 0; i < each.size(); ++i) {
    if (each[i] != 0) continue;
    parameters.low[i] = parameters.high[i] = std::numeric_limits<float>::max();
    parameters.base[i] = 0;
  }
}

/// Takes the zero point into the stored values, if that can be done for all of them.
bool fuse_zero_point(const ConstantPath& weights, QuantizeParameters& parameters, const SmallTensor& zero_point,
                     const StoredSteps& steps) {
  if (!can_vanish(weights, parameters, zero_point, steps)) return false;
  const auto shifts = zero_point.broadcast_to(parameters.shape).values;
  for (std::size_t i = 0; i < shifts.size(); ++i) parameters.base[i] -= std::nearbyint(shifts[i]);
  return true;
}

}  // namespace

Expected<RangeEnds> range_ends_of(const Node& node) {
  RangeEnds ends;
  constexpr auto& kNames = RangeEnds::kNames;
  for (std::size_t i = 0; i < 4; ++i) {
    auto tensor = small_tensor(node.input(i + 1));
    if (!tensor) return refused(Cause::range_not_constant, "{} is not a constant", kNames[i]);
    if (tensor->values.empty()) return refused(Cause::range_not_usable, "{} has no elements", kNames[i]);
    *ends.all()[i] = std::move(*tensor);
  }
  std::ranges::replace(ends.input_low.values, kJustBelowZero, 0.0F);
  return ends;
}

bool QuantizedChannel::keeps(double value) const {
  const double step = (output_high - output_low) / steps;
  const double position = std::nearbyint((value - input_low) / (input_high - input_low) * steps);
  const double given = step == 0 ? output_low : output_low + std::clamp(position, 0.0, steps) * step;
  return std::abs(given - value) <= kZeroPointTolerance * std::abs(step);
}

std::vector<QuantizedChannel> channels_of(RangeEnds ranges, std::uint64_t levels) {
  std::optional<Shape> shape = Shape{};
  for (const auto* end : ranges.all()) shape = shape ? broadcast(*shape, end->shape) : shape;
  if (!shape) return {};
  for (auto* end : ranges.all()) *end = end->broadcast_to(*shape);
  std::vector<QuantizedChannel> channels;
  for (std::size_t i = 0; i < ranges.input_low.values.size(); ++i)
    channels.push_back({ranges.input_low.values[i], ranges.input_high.values[i], ranges.output_low.values[i],
                        ranges.output_high.values[i], static_cast<double>(levels - 1)});
  return channels;
}

Dequantization weights_dequantization(ElementType type, ElementType real, SmallTensor scale,
                                      std::optional<SmallTensor> zero_point) {
  Dequantization result;
  result.type = type;
  result.real = result.zero_point_type = real;
  result.scale = std::move(scale);
  result.zero_point = std::move(zero_point);
  return result;
}

Expected<QuantizedWeights> quantize_weights(const ConstantPath& weights, const RangeEnds& ranges, unsigned levels) {
  if (auto fit = check_fit(weights, ranges); !fit) return refused(fit.error());
  const auto steps = stored_steps(ranges, levels);
  const auto last_step = static_cast<float>(levels - 1);

  const Shape output_shape = *broadcast(ranges.output_low.shape, ranges.output_high.shape);
  const auto output_low = ranges.output_low.broadcast_to(output_shape);
  const auto output_high = ranges.output_high.broadcast_to(output_shape);
  SmallTensor scales{output_shape, {}};
  std::optional<SmallTensor> zero_points = SmallTensor{output_shape, {}};
  for (std::size_t i = 0; i < output_low.values.size(); ++i) {
    const float low = output_low.values[i];
    const float scale = (output_high.values[i] - low) / last_step;
    const float zero_point = scale == 0 ? 0 : static_cast<float>(steps.low) - low / scale;
    if (scale == 0 && low != 0)
      return refused(Cause::weights_not_storable,
                     "output_low and output_high are both {}, and a scale of 0 cannot carry that", low);
    if (!std::isfinite(scale) || !std::isfinite(zero_point))
      return refused(Cause::weights_not_storable, "the scale {} or its zero point {} does not fit f32", scale,
                     zero_point);
    scales.values.push_back(scale);
    zero_points->values.push_back(zero_point);
  }

  // Stored values depend on the input range and, where the zero point vanishes, on the zero point as well.
  const Shape input_shape = *broadcast(ranges.input_low.shape, ranges.input_high.shape);
  const Shape all_shape = *broadcast(input_shape, output_shape);
  QuantizeParameters parameters{all_shape,
                                ranges.input_low.broadcast_to(all_shape).values,
                                ranges.input_high.broadcast_to(all_shape).values,
                                {},
                                levels};
  parameters.base.assign(parameters.low.size(), static_cast<float>(steps.low));
  store_zeros(parameters, scales);

  const auto is_zero = [](float z) { return std::abs(z) < 1.1920929e-7F; };
  if (std::ranges::all_of(zero_points->values, is_zero) || fuse_zero_point(weights, parameters, *zero_points, steps))
    zero_points.reset();
  SmallTensor first_step{all_shape, parameters.base};
  return QuantizedWeights{
      Blob(std::make_shared<QuantizedSource>(weights, std::move(parameters), steps.type)),
      weights_dequantization(steps.type, ElementType::f32, std::move(scales), std::move(zero_points)),
      std::move(first_step)};
}

Expected<StoredWeights> store_weights(const ConstantPath& weights, const RangeEnds& ranges, unsigned levels,
                                      ElementType type, const std::optional<SmallTensor>& zero_point) {
  if (auto fit = check_fit(weights, ranges); !fit) return refused(fit.error());
  const auto held = integer_range(type);
  StoredSteps steps{type, 0, 0, static_cast<int>(held.low), static_cast<int>(held.high)};

  Shape shape = *broadcast(*broadcast(ranges.input_low.shape, ranges.input_high.shape),
                           *broadcast(ranges.output_low.shape, ranges.output_high.shape));
  if (zero_point) {
    const auto with_zero_point = broadcast(shape, zero_point->shape);
    if (!with_zero_point || !broadcasts_to(*with_zero_point, weights.shape)) {
      return refused(Cause::range_not_usable, "a zero point of shape [{}] does not fit weights of shape [{}]",
                     zero_point->shape, weights.shape);
    }
    shape = *with_zero_point;
  }
  QuantizeParameters parameters{shape, ranges.input_low.broadcast_to(shape).values,
                                ranges.input_high.broadcast_to(shape).values,
                                ranges.output_low.broadcast_to(shape).values, levels};
  const auto output_high = ranges.output_high.broadcast_to(shape).values;
  for (std::size_t i = 0; i < parameters.base.size(); ++i) {
    const float low = parameters.base[i];
    const bool steps_are_integers =
        low == std::nearbyint(low) && output_high[i] - low == static_cast<float>(levels - 1);
    if (!steps_are_integers || low < static_cast<float>(steps.type_min) ||
        output_high[i] > static_cast<float>(steps.type_max)) {
      return refused(Cause::range_not_integers, "its output range {}..{} is not one integer of {} a step", low,
                     output_high[i], name(type));
    }
    steps.low = i == 0 ? static_cast<int>(low) : std::min(steps.low, static_cast<int>(low));
    steps.high = i == 0 ? static_cast<int>(output_high[i]) : std::max(steps.high, static_cast<int>(output_high[i]));
  }
  const bool vanished = zero_point && fuse_zero_point(weights, parameters, *zero_point, steps);
  return StoredWeights{Blob(std::make_shared<QuantizedSource>(weights, std::move(parameters), type)), vanished};
}

}  // namespace lpt
