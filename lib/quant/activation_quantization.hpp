#pragma once

#include <optional>
#include <span>

#include "quant/parameter_algebra.hpp"
#include "quant/weights_quantization.hpp"

namespace lpt {

/// The ranges of a FakeQuantize, as f32. Low and high of a side have one shape.
struct Ranges : RangeEnds {
  std::uint64_t levels;
};

/// returns  the constants of a FakeQuantize, or why they cannot be worked with: not constant, not finite, an input
///          range that is empty or reversed
Expected<Ranges> ranges_of(const Node& fake_quantize);

/// 16 and 15, 256 and 255, 65536 and 65535, 2^32 and one less: those that OpenVINO's LPT knows.
bool is_supported_levels(std::uint64_t levels);

/// The integer type that an output range asks for by itself.
struct PreferredType {
  std::optional<ElementType> type;  ///< empty if a zero point is needed, or channels differ
  bool has_negative;
  bool has_zero_point;
};

/// source  OpenVINO LPT, the tolerances included: 1e-6 for zero, 0.2 % for a symmetric range
PreferredType preferred_type(std::uint64_t levels, const SmallTensor& output_low, const SmallTensor& output_high);

/// The stored values that a type gives to so many levels; empty for a pair that does not go together.
///
/// source  OpenVINO LPT, but narrow ranges have `levels` values: 0..254, 0..14 and -7..7. OpenVINO stretches them to
///         the range of the type, which puts their steps between the integers.
struct StoredRange {
  double low, high;
};
std::optional<StoredRange> stored_range(ElementType type, std::uint64_t levels);

/// How the steps of a FakeQuantize are stored.
struct StoredType {
  ElementType type;
  StoredRange range;
  bool has_zero_point;
};

/// Chooses among the types that consumers allow, in their order. Activations: the preferred type if it is allowed.
/// empty  if none fits the levels
std::optional<StoredType> choose_type(const Ranges& ranges, std::span<const ElementType> allowed);
/// Likewise for weights, where a type must also go with the levels.
std::optional<StoredType> choose_weights_type(const Ranges& ranges, std::span<const ElementType> allowed);

/// The output range of a FakeQuantize in steps, and what dequantizes them.
///
///     scale = (high - low) / (stored_high - stored_low)
///     zero_point = (stored_low * high - stored_high * low) / (high - low)
struct StepRange {
  SmallTensor low, high;  ///< of the FakeQuantize that is left
  SmallTensor scale;
  std::optional<SmallTensor> zero_point;  ///< in steps, not rounded
  std::uint64_t levels;
};

/// In integers of the stored type. A channel with one value for all (low == high) keeps it as scale, with the stored
/// value 1, or 0 where it is 0.
StepRange in_integers(const Ranges& ranges, const StoredType& stored);

/// In steps that still lie around the real zero: integers less the zero point, exactly as the ranges say, whatever the
/// stored type has room for.
StepRange around_zero(const Ranges& ranges, const StoredType& stored);

/// The interval that several FakeQuantizes share, and what one of them becomes in it.
///
///     scale = (high - low) / (stored_high - stored_low);   start = low - stored_low * scale
///     zero_point = round(-start / scale);  new ends = round((end - start) / scale), half away from zero
///
/// source  OpenVINO LPT, quantization intervals. Rounds the ends, so that steps of the narrower FakeQuantizes move by
///         up to half a step.
struct Interval {
  float low, high;
};
StepRange in_interval(const Ranges& ranges, const StoredType& stored, Interval shared);

}  // namespace lpt
