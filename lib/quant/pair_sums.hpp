#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "ir/graph.hpp"

namespace lpt {

// How a CPU without VNNI sums products of integers of 8 bits: two neighbouring products of u8 data and i8 weights are
// added up in 16 bits, where what does not fit saturates, and these sums in 32 bits, which wrap.
//
//     y = sum over j of  s16(u[2j] * w[2j] + u[2j + 1] * w[2j + 1]),     s16(v) = v cut to -32768...32767
//
// i8 data is moved up by 128, and data with a zero point stays as it is stored; what that adds is taken off the whole
// sum. With VNNI four products are added up in 32 bits at once, and nothing is cut.
//
// Neighbours are channels 2j and 2j + 1 of a group, under one tap of the window; in a MatMul and a recurrent sequence
// elements 2j and 2j + 1 of the summed axis. Where a grouped layer has an odd number of channels in a group, kernels for
// AVX2 take all products in the order [tap, channel] and make pairs of these, and those for AVX-512 pairs of other
// neighbours in this order. A depthwise convolution multiplies in 32 bits.
//
// source  vpmaddubsw and vpmaddwd; oneDNN, "Nuances of int8 computations". Which are neighbours was measured with
//         OpenVINO 2026.4.1 under ONEDNN_MAX_CPU_ISA=AVX2 and AVX512_CORE, and as a Haswell in qemu. Its weights are
//         not halved beforehand, but for transposed convolutions of i8 data with AVX-512, which are rounded instead.

/// The range of the data of a layer.
struct DataBytes {
  std::int32_t low = 0, high = 255;    ///< as u8, moved up
  std::int64_t least = 0, most = 255;  ///< around its zero point
};

/// The weights of a layer as a tensor [blocks, summed, inner], in the order in which they are stored. `inner` counts
/// output channels, and the taps of each.
struct SummedWeights {
  enum class Pairs { none, of_channels, of_neighbours };
  std::int64_t blocks = 1, summed = 1, inner = 1, taps = 1;
  Pairs pairs = Pairs::of_channels;

  /// The weights of a convolution, MatMul or recurrent sequence, by their shape. An axis of unknown length counts as 2.
  /// empty  if their rank is unknown, or none that such a layer has, and if there are no elements
  static std::optional<SummedWeights> of(const Node& layer, const Shape& shape);

  std::int64_t block() const { return summed * inner; }
  std::int64_t channels_of_block() const { return inner / taps; }
  std::int64_t channels() const { return blocks * channels_of_block(); }

  /// A part of a block: rows first ... last-1 along the summed axis. All of them where pairs are of neighbours.
  struct Part {
    std::int64_t block, first, last;
  };
  /// Whether only those neighbours are meant that a CPU with AVX2 makes pairs of, or all that some CPU might.
  enum class Neighbours { of_avx2, possible };

  /// Calls `visit(channel, first, second)` for each pair, with elements of the weights.
  template <class Visit>
  void for_each_pair(Part part, Neighbours neighbours, const Visit& visit) const {
    const auto start = part.block * block(), channel = part.block * channels_of_block();
    if (pairs == Pairs::of_neighbours) {
      const auto element = [&](std::int64_t k) { return start + k % summed * inner + k / summed; };
      const std::int64_t step = neighbours == Neighbours::of_avx2 ? 2 : 1;
      for (std::int64_t k = 0; k + 1 < block(); k += step) visit(channel, element(k), element(k + 1));
    } else if (pairs == Pairs::of_channels) {
      for (auto row = part.first; row + 1 < part.last; row += 2) {
        for (std::int64_t i = 0; i < inner; i += taps) {
          const auto at = start + row * inner + i;
          for (auto tap = at; tap < at + taps; ++tap) visit(channel + i / taps, tap, tap + inner);
        }
      }
    }
  }
};

/// The least and the largest sum of a pair of products by these weights, for any data.
struct PairSums {
  std::int32_t low, high;
  PairSums(const DataBytes& data, std::int32_t a, std::int32_t b) {
    const auto positive = std::max(a, 0) + std::max(b, 0), negative = std::min(a, 0) + std::min(b, 0);
    low = data.low * positive + data.high * negative;
    high = data.high * positive + data.low * negative;
  }
  bool saturates() const { return low < INT16_MIN || high > INT16_MAX; }
};

/// What the sums of one output channel may come to, whatever the data is.
struct ChannelSums {
  std::int64_t positive = 0, negative = 0;  ///< sums of the weights of one sign
  std::int32_t low_pair = 0, high_pair = 0;

  std::int64_t largest_sum(const DataBytes& data) const {
    return std::max(std::abs(data.most * positive + data.least * negative),
                    std::abs(data.least * positive + data.most * negative));
  }
  std::int64_t largest_pair() const { return std::max(high_pair, -low_pair); }
  bool saturates() const { return low_pair < INT16_MIN || high_pair > INT16_MAX; }
  bool leaves_32_bits(const DataBytes& data) const {
    return data.most * positive + data.least * negative > INT32_MAX ||
           data.least * positive + data.most * negative < INT32_MIN;
  }
};

/// Adds what a part of the weights does to the sums of its channels, which are those of all blocks.
void add_up(const SummedWeights& weights, SummedWeights::Part part, std::span<const std::int8_t> integers,
            const DataBytes& data, std::span<ChannelSums> sums);

/// Real weights of a part as integers. A value that is none of i8 counts as the nearest that is.
/// scales  real units per step: one, or one for each channel
void to_integers(const SummedWeights& weights, SummedWeights::Part part, std::span<const float> real,
                 std::span<const float> scales, std::span<std::int8_t> integers);

}  // namespace lpt
