#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "ir/node_map.hpp"
#include "quant/activation_quantization.hpp"
#include "quant/dequantization.hpp"
#include "quant/target.hpp"

namespace lpt {

/// Values that nodes share: each is a group, and a group that was merged into another one stands for that.
template <class T>
class Groups {
 public:
  std::size_t add(T value) {
    parents_.push_back(parents_.size());
    values_.push_back(std::move(value));
    return parents_.size() - 1;
  }
  /// From now on `group` is `into`, whose value stays.
  void merge(std::size_t into, std::size_t group) { parents_[root(group)] = root(into); }
  bool are_one(std::size_t a, std::size_t b) const { return root(a) == root(b); }
  T& operator[](std::size_t group) { return values_[root(group)]; }
  const T& operator[](std::size_t group) const { return values_[root(group)]; }

 private:
  std::size_t root(std::size_t group) const {
    while (parents_[group] != group) group = parents_[group] = parents_[parents_[group]];
    return group;
  }
  mutable std::vector<std::size_t> parents_;
  std::deque<T> values_;
};

/// What the operations around a FakeQuantize want of it, found out before anything is moved.
///
/// A FakeQuantize is decomposed before it is known whether its integers will find a kernel, and two that meet at a
/// Concat must choose alike. So four questions are answered by walks over the whole graph, each in its direction:
///
///   1. Which operations are left out? Each by itself: unknown to the transformations, of unknown rank, its weights no
///      integers, the dequantization in front of it not along the channels. The reason is kept.
///   2. Upwards, consumers first: from which values does a way of operations that keep or take integers lead to one
///      with a kernel for them? Only such a FakeQuantize is worth decomposing.
///   3. Downwards, producers first: which types can each FakeQuantize have? It begins with u8 and i8. Operations that
///      keep the type of their inputs merge the groups of all of them, an operation of the target cuts the group of
///      each of its inputs to the types that it states. Merged groups share one list, so that what one reader cannot
///      take nobody who shares an edge type with it will be given. The reader that leaves nothing is remembered.
///   4. Downwards again: which interval, in real units, covers all FakeQuantizes that meet at an operation that keeps
///      types (merged likewise, and widened), and does one that wants one scale for the tensor read it (`aligned`)?
///      Then they have to use the shared interval, and how many levels are left to the narrowest is told.
///
/// An AvgPool takes part in 3 and 4 only where its averages are rounded to integers anyway, because what follows, by
/// way of what keeps types, is an operation that takes integers.
///
/// source  OpenVINO LPT: MarkupCanBeQuantized, MarkupPrecisions, MarkupAvgPoolPrecisionPreserved, PropagatePrecisions,
///         AlignQuantizationIntervals, AlignQuantizationParameters, MarkupBias
class Markup {
 public:
  /// Looks at one graph. Its Const ranges and weights must already be folded.
  void add(const Graph& graph, const Target& target, const FloatEdges& edges);

  /// The types that a FakeQuantize may choose from, or the reader that leaves none.
  Expected<std::span<const ElementType>> types(const Node& fake_quantize) const;
  /// All FakeQuantizes that share readers with this one get its type.
  void choose(const Node& fake_quantize, ElementType type);
  /// The interval that a FakeQuantize has to use; empty if it is free to use its own.
  std::optional<Interval> interval(const Node& fake_quantize) const;
  /// True if the interval leaves too few levels to one of those that share it, or their levels differ.
  bool interval_is_too_wide(const Node& fake_quantize) const;

  /// Refuses an operation that cannot work on integers, whatever feeds it.
  Expected<void> check_quantizable(const Node& node) const;
  /// Refuses a node whose integers no operation with kernels for them can get, by way of what keeps them integers.
  Expected<void> check_reaches_kernel(const Node& node) const;
  /// True if a way to a kernel leads through a sum, an average or a Convert, or the kernel is a recurrent sequence: the
  /// runtime finds integers there only behind a range in real units.
  bool needs_scale(const Node& fake_quantize) const;
  /// True if an AvgPool is to round its averages to integers, because what reads it takes integers.
  bool keeps_integers(const Node& avg_pool) const;
  /// An Add of a constant per channel to a Convolution or MatMul.
  bool is_bias(const Node& add) const;

 private:
  struct SharedTypes {
    std::vector<ElementType> types;
    std::optional<Refusal> none_left;
  };
  struct SharedInterval {
    Interval all, smallest;
    std::uint64_t levels;        ///< 0 where they differ
    std::uint64_t least_levels;  ///< that are left to the narrowest
  };
  struct NodeFacts {
    std::optional<Refusal> disabled;
    bool bias = false;
    bool reaches_kernel = false, needs_scale = false;
    std::optional<std::size_t> types, interval, average, alignment;
  };

  void look_at(const Node& node, const Target& target, const FloatEdges& edges);
  void look_ahead(const Node& node, const Target& target, const FloatEdges& edges);
  void share_averages(const Node& node);
  void share_types(const Node& node, const Target& target, const FloatEdges& edges);
  void share_intervals(const Node& node, const FloatEdges& edges);
  void mark_aligned_readers(const Node& node, const Target& target, const FloatEdges& edges);
  bool is_enabled(const Node& node) const;
  bool passes_types(const Node& node) const;
  std::optional<std::size_t> merge_types(std::span<const std::size_t> groups, const Node& reader);
  void merge_intervals(std::size_t into, std::size_t group);
  NodeFacts& facts(const Node& node) { return facts_[node]; }

  NodeMap<NodeFacts> facts_;
  Groups<SharedTypes> types_;
  Groups<SharedInterval> intervals_;
  Groups<bool> averages_;    ///< whether they are rounded to integers
  Groups<bool> alignments_;  ///< whether one scale is wanted for all
};

/// The dequantization of the weights of a Convolution, or of another operation of its family: on its input 1, with
/// scale and zero point along the output channels. Or why they are none.
Expected<Dequantization> quantized_weights(const Node& node, const FloatEdges& edges);

}  // namespace lpt
