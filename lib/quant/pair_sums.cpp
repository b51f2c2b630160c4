#include "quant/pair_sums.hpp"

#include <cmath>

#include "ops/attributes.hpp"
#include "ops/facts.hpp"

namespace lpt {

std::optional<SummedWeights> SummedWeights::of(const Node& layer, const Shape& shape) {
  const auto rank = shape.has_rank() ? shape.rank() : 0;
  const auto product = [&](std::size_t first, std::size_t last) {
    std::int64_t result = 1;
    for (auto axis = first; axis < last; ++axis) result *= shape[axis].is_static() ? shape[axis].min : 2;
    return result;
  };
  if (rank == 0 || product(0, rank) == 0) return std::nullopt;
  if (is_convolution(layer)) {
    const bool grouped = layer.type().starts_with("Group"),
               transposed = find_facts(layer.type())->output_channel_axes.back() > (grouped ? 1 : 0);
    const std::size_t axis = grouped ? 1 : 0;  // the first of two that count channels
    if (rank < axis + 3) return std::nullopt;
    const auto taps = product(axis + 2, rank);
    if (transposed) return SummedWeights{product(0, axis), product(axis, axis + 1), product(axis + 1, rank), taps};
    SummedWeights result{product(0, axis + 1), product(axis + 1, axis + 2), taps, taps};
    if (grouped && result.summed % 2 != 0) result.pairs = product(1, 3) == 1 ? Pairs::none : Pairs::of_neighbours;
    return result;
  }
  if (!layer.is("MatMul") || rank == 1 || boolean_attribute(layer, "transpose_b", false))
    return SummedWeights{product(0, rank - 1), product(rank - 1, rank)};
  return SummedWeights{product(0, rank - 2), product(rank - 2, rank - 1), product(rank - 1, rank)};
}

namespace {

/// Of one channel whose weights, up to 2^24, lie one behind another; in types that vectors of 128 bits are quick with.
void add_up_row(std::span<const std::int8_t> weights, SummedWeights::Pairs pairs, const DataBytes& data,
                ChannelSums& sums) {
  const auto positive = [&](std::size_t i) { return std::max<std::int16_t>(weights[i], 0); };
  const auto negative = [&](std::size_t i) { return std::min<std::int16_t>(weights[i], 0); };
  std::int32_t all_positive = 0, all_negative = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    all_positive += positive(i);
    all_negative += negative(i);
  }
  sums.positive += all_positive;
  sums.negative += all_negative;
  if (pairs == SummedWeights::Pairs::none) return;
  std::int16_t most = 0, least = 0;
  for (std::size_t i = 0; i + 1 < weights.size(); i += 2) {
    most = std::max<std::int16_t>(most, positive(i) + positive(i + 1));
    least = std::min<std::int16_t>(least, negative(i) + negative(i + 1));
  }
  sums.high_pair = std::max(sums.high_pair, data.high * most);
  sums.low_pair = std::min(sums.low_pair, data.high * least);
}

}  // namespace

void add_up(const SummedWeights& weights, SummedWeights::Part part, std::span<const std::int8_t> integers,
            const DataBytes& data, std::span<ChannelSums> sums) {
  if (weights.inner == 1 && data.low == 0 && weights.pairs != SummedWeights::Pairs::of_neighbours)
    return add_up_row(integers, weights.pairs, data, sums[part.block]);
  const auto first_channel = part.block * weights.channels_of_block();
  const auto* at = integers.data();
  for (auto row = part.first; row < part.last; ++row) {
    for (std::int64_t i = 0; i < weights.inner; i += weights.taps) {
      std::int64_t positive = 0, negative = 0;
      for (std::int64_t tap = 0; tap < weights.taps; ++tap, ++at) {
        positive += std::max<std::int32_t>(*at, 0);
        negative += std::min<std::int32_t>(*at, 0);
      }
      auto& sum = sums[first_channel + i / weights.taps];
      sum.positive += positive;
      sum.negative += negative;
    }
  }
  const auto start = part.block * weights.block() + part.first * weights.inner;
  weights.for_each_pair(part, SummedWeights::Neighbours::possible, [&](auto channel, auto a, auto b) {
    const PairSums pair(data, integers[a - start], integers[b - start]);
    sums[channel].low_pair = std::min(sums[channel].low_pair, pair.low);
    sums[channel].high_pair = std::max(sums[channel].high_pair, pair.high);
  });
}

void to_integers(const SummedWeights& weights, SummedWeights::Part part, std::span<const float> real,
                 std::span<const float> scales, std::span<std::int8_t> integers) {
  const auto channel = part.block * weights.channels_of_block();
  std::size_t at = 0;
  for (auto row = part.first; row < part.last; ++row) {
    for (std::int64_t i = 0; i < weights.inner; i += weights.taps) {
      const float scale = scales[scales.size() == 1 ? 0 : channel + i / weights.taps];
      const float steps_per_unit = scale == 0 ? 0 : 1 / scale;
      for (const auto end = at + weights.taps; at < end; ++at) {
        const float steps = std::clamp<float>(real[at] * steps_per_unit, INT8_MIN, INT8_MAX);
        integers[at] = std::isnan(steps) ? 0 : static_cast<std::int8_t>(steps + (steps < 0 ? -0.5F : 0.5F));
      }
    }
  }
}

}  // namespace lpt
