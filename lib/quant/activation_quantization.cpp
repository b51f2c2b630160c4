#include "quant/activation_quantization.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ops/operation.hpp"

namespace lpt {
namespace {

constexpr std::uint64_t kLevels32 = 4294967296;

bool is_full(std::uint64_t levels) { return levels == 16 || levels == 256 || levels == 65536 || levels == kLevels32; }

unsigned bits_for(std::uint64_t levels) { return levels <= 256 ? 8 : levels <= 65536 ? 16 : 32; }

ElementType integer_type(unsigned bits, bool is_signed) {
  using enum ElementType;
  if (bits == 8) return is_signed ? i8 : u8;
  if (bits == 16) return is_signed ? i16 : u16;
  return is_signed ? i32 : u32;
}

/// The stored value that an all-equal channel keeps, and the scale that makes it that value.
struct Degenerate {
  float stored, scale;
};
Degenerate degenerate(float value) { return value == 0 ? Degenerate{0, 1} : Degenerate{1, value}; }

/// Ranges are two f32 values each, so that a whole number of steps comes out a little beside it.
double snapped(double steps) {
  constexpr double kRounding = 0x1p-22;
  const double nearest = std::nearbyint(steps);
  return std::abs(steps - nearest) <= kRounding * std::max(1.0, std::abs(steps)) * 2 ? nearest : steps;
}

float clamped_scale(float scale) {
  constexpr float kLeast = 1e-32F, kMost = 1e32F;
  const float magnitude = std::abs(scale);
  if (magnitude < kLeast) return kLeast;
  return magnitude > kMost ? std::copysign(kMost, scale) : scale;
}

bool any_nonzero(const SmallTensor& tensor) {
  constexpr float kNothing = 1e-32F;
  return std::any_of(tensor.values.begin(), tensor.values.end(), [](float v) { return std::abs(v) > kNothing; });
}

SmallTensor zero_points(const Ranges& ranges, const StoredType& stored) {
  return combined(ranges.output_low, ranges.output_high, [&](float low, float high) {
    if (low == high) return 0.0F;
    // Wide types do not fit f32.
    if (bits(stored.type) == 32)
      return static_cast<float>((stored.range.low * high - stored.range.high * low) /
                                (static_cast<double>(high) - low));
    const auto m = static_cast<float>(stored.range.low), M = static_cast<float>(stored.range.high);
    return (m * high - M * low) / (high - low) + 0.0F;
  });
}

}  // namespace

Expected<Ranges> ranges_of(const Node& node) {
  auto ends = range_ends_of(node);
  if (!ends) return refused(ends.error());
  Ranges ranges{std::move(*ends), static_cast<std::uint64_t>(integer_attribute(node, "levels"))};
  const auto join = [](SmallTensor& low, SmallTensor& high) {
    const auto shape = broadcast(low.shape, high.shape);
    for (auto* tensor : {&low, &high}) {
      if (shape) *tensor = tensor->broadcast_to(*shape);
    }
    return shape.has_value();
  };
  for (std::size_t i = 0; i < 4; ++i) {
    if (!is_finite(*ranges.all()[i])) return refused(Cause::range_not_usable, "{} is not finite", RangeEnds::kNames[i]);
  }
  for (const bool output : {false, true}) {
    if (!join(output ? ranges.output_low : ranges.input_low, output ? ranges.output_high : ranges.input_high))
      return refused(Cause::range_not_usable, "the ends of its {} range have shapes that do not go together",
                     output ? "output" : "input");
  }
  for (std::size_t i = 0; i < ranges.input_low.values.size(); ++i) {
    const float low = ranges.input_low.values[i], high = ranges.input_high.values[i];
    if (!(low < high))
      return refused(Cause::range_not_usable, "its input range {}..{} is {}", low, high,
                     low == high ? "empty" : "reversed");
  }
  return ranges;
}

bool is_supported_levels(std::uint64_t levels) { return is_full(levels) || is_full(levels + 1); }

PreferredType preferred_type(std::uint64_t levels, const SmallTensor& output_low, const SmallTensor& output_high) {
  constexpr float kZero = 1e-6F, kAsymmetry = 0.002F;
  const auto count = static_cast<float>(levels);
  const float expected = is_full(levels) ? -count / (count - 2) : -1;
  bool can_be_signed = true, can_be_unsigned = true, has_zero_point = false, has_negative = false, any = false;
  for (std::size_t i = 0; i < output_low.values.size(); ++i) {
    const float low = output_low.values[i], high = output_high.values[i];
    if (std::abs(low) < kZero && std::abs(high) < kZero) continue;
    any = true;
    const bool low_counts = std::abs(low) >= kZero;
    if (std::signbit(low) != std::signbit(high) && low_counts) {
      can_be_unsigned = false;
      has_negative = true;
      const float ratio = low / high;
      if (high == 0 || std::abs((ratio - expected) / std::min(ratio, expected)) > kAsymmetry) has_zero_point = true;
    } else {
      can_be_signed = false;
      has_zero_point = has_zero_point || low_counts;
    }
  }
  if (!any) {
    can_be_signed = std::any_of(output_low.values.begin(), output_low.values.end(), [](float v) { return v < 0; });
    can_be_unsigned = !can_be_signed;
  }
  const bool undefined =
      has_zero_point || can_be_signed == can_be_unsigned || levels == 15 || !is_supported_levels(levels);
  if (undefined) return {std::nullopt, has_negative, has_zero_point};
  return {integer_type(bits_for(levels), can_be_signed), has_negative, has_zero_point};
}

std::optional<StoredRange> stored_range(ElementType type, std::uint64_t levels) {
  if (!is_supported_levels(levels)) return std::nullopt;
  const auto count = static_cast<double>(levels);
  const bool four_bits = type == ElementType::u4 || type == ElementType::i4;
  if (four_bits ? levels > 16 : bits_for(levels) != bits(type)) return std::nullopt;
  if (!is_signed_integer(type)) return StoredRange{0, count - 1};
  const double half = std::ceil(count / 2 - 0.5);
  return is_full(levels) ? StoredRange{-count / 2, count / 2 - 1} : StoredRange{-half, half};
}

std::optional<StoredType> choose_type(const Ranges& ranges, std::span<const ElementType> allowed) {
  std::vector<ElementType> fitting;
  for (const auto type : allowed) {
    if (bits(type) == bits_for(ranges.levels)) fitting.push_back(type);
  }
  if (fitting.empty() || !is_supported_levels(ranges.levels)) return std::nullopt;
  const auto preferred = preferred_type(ranges.levels, ranges.output_low, ranges.output_high).type;
  const bool wanted = preferred && std::find(fitting.begin(), fitting.end(), *preferred) != fitting.end();
  const auto type = wanted ? *preferred : fitting.front();
  return StoredType{type, *stored_range(type, ranges.levels), preferred != type};
}

std::optional<StoredType> choose_weights_type(const Ranges& ranges, std::span<const ElementType> allowed) {
  const auto preferred = preferred_type(ranges.levels, ranges.output_low, ranges.output_high);
  if (allowed.empty() || !is_supported_levels(ranges.levels)) return std::nullopt;
  const bool wanted = preferred.type && std::find(allowed.begin(), allowed.end(), *preferred.type) != allowed.end();
  const auto type = wanted ? *preferred.type : allowed.front();
  const auto range = stored_range(type, ranges.levels);
  if (!range) return std::nullopt;
  return StoredType{type, *range, !wanted || preferred.has_zero_point};
}

StepRange in_integers(const Ranges& ranges, const StoredType& stored) {
  const auto span = stored.range.high - stored.range.low;
  const auto end = [&](double value) {
    return combined(ranges.output_low, ranges.output_high, [&](float low, float high) {
      return low == high ? degenerate(low).stored : static_cast<float>(value);
    });
  };
  StepRange result{collapsed(end(stored.range.low)), collapsed(end(stored.range.high)),
                   combined(ranges.output_low, ranges.output_high,
                            [&](float low, float high) {
                              if (low == high) return degenerate(low).scale;
                              return clamped_scale(static_cast<float>(static_cast<double>(high - low) / span));
                            }),
                   std::nullopt, ranges.levels};
  if (stored.has_zero_point) result.zero_point = zero_points(ranges, stored);
  if (result.zero_point && !any_nonzero(*result.zero_point)) result.zero_point.reset();
  return result;
}

StepRange around_zero(const Ranges& ranges, const StoredType& stored) {
  StepRange result = in_integers(ranges, stored);
  const auto steps = static_cast<double>(ranges.levels - 1);
  const auto end = [&](bool upper) {
    return collapsed(combined(ranges.output_low, ranges.output_high, [&](float low, float high) {
      if (low == high) return degenerate(low).stored;
      const double scale = (static_cast<double>(high) - low) / steps;
      const double first = snapped(low / scale);
      return static_cast<float>(upper ? first + steps : first);
    }));
  };
  result.low = end(false);
  result.high = end(true);
  result.scale = combined(ranges.output_low, ranges.output_high, [&](float low, float high) {
    return low == high ? degenerate(low).scale : static_cast<float>((static_cast<double>(high) - low) / steps);
  });
  return result;
}

StepRange in_interval(const Ranges& ranges, const StoredType& stored, Interval shared) {
  const auto span = static_cast<float>(stored.range.high - stored.range.low);
  const float scale = (shared.high - shared.low) / span;
  const float start = shared.low - static_cast<float>(stored.range.low) * scale;
  const float zero_point = std::round(-start / scale);
  const float low = std::round((ranges.output_low.values[0] - start) / scale);
  const float high = std::round((ranges.output_high.values[0] - start) / scale);
  constexpr float kNothing = 1e-6F;
  return {scalar(low), scalar(high), scalar(scale),
          std::abs(zero_point) > kNothing ? std::optional(scalar(zero_point)) : std::nullopt,
          static_cast<std::uint64_t>(std::abs(high - low)) + 1};
}

}  // namespace lpt
