#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "quant/activation_quantization.hpp"
#include "quant/target.hpp"

namespace lpt {

/// What the operations around a FakeQuantize want of it, found out before anything is moved: the types that its readers
/// can take, carried up through operations that keep them, and the intervals that several share.
///
/// source  OpenVINO LPT: MarkupCanBeQuantized, MarkupPrecisions, MarkupAvgPoolPrecisionPreserved, PropagatePrecisions,
///         AlignQuantizationIntervals, AlignQuantizationParameters, MarkupBias
class Markup {
 public:
  /// Looks at one graph. Its Const ranges and weights must already be folded.
  void add(const Graph& graph, const Target& target, const RealEdges& edges);

  /// The types that a FakeQuantize may choose from; empty if its readers agree on none.
  std::span<const ElementType> types(const Node& fake_quantize) const;
  /// All FakeQuantizes that share readers with this one get its type.
  void choose(const Node& fake_quantize, ElementType type);
  /// The interval that a FakeQuantize has to use; empty if it is free to use its own.
  std::optional<Interval> interval(const Node& fake_quantize) const;
  /// True if the interval leaves too few levels to one of those that share it, or their levels differ.
  bool interval_is_too_wide(const Node& fake_quantize) const;

  /// False if the operation cannot work on integers, whatever feeds it.
  bool can_be_quantized(const Node& node) const;
  /// True if an AvgPool is to round its averages to integers, because what reads it takes integers.
  bool keeps_integers(const Node& avg_pool) const;
  /// True if an operation that has kernels for integers can get those of a node, by way of what keeps them integers.
  bool reaches_kernel(const Node& node) const;
  /// An Add of a constant per channel to a Convolution or MatMul.
  bool is_bias(const Node& add) const;

 private:
  struct Facts;
  using Key = std::pair<const Graph*, std::uint64_t>;
  static Key key(const Node& node) { return {&node.graph(), node.id()}; }

  struct Shared {
    std::vector<ElementType> types;
    std::uint64_t least_levels = 0;
    std::optional<Interval> interval, smallest;
    std::uint64_t levels = 0;
    bool preserves_average = false;
    bool aligned = false;
  };
  /// Values that nodes share: a group points at another one that it was merged into.
  struct Groups {
    mutable std::vector<std::size_t> parents;
    std::vector<Shared> values;
    std::size_t add(Shared value);
    std::size_t root(std::size_t group) const;
    Shared& operator[](std::size_t group) { return values[root(group)]; }
    const Shared& operator[](std::size_t group) const { return values[root(group)]; }
  };

  struct NodeFacts {
    bool disabled = false;
    bool bias = false;
    bool avg_pool = false;
    bool reaches_kernel = false;
    std::optional<std::size_t> types, interval, average, alignment;
  };

  void look_at(const Node& node, const Target& target, const RealEdges& edges);
  void look_ahead(const Node& node, const Target& target, const RealEdges& edges);
  void share_averages(const Node& node);
  void share_types(const Node& node, const Target& target, const RealEdges& edges);
  void share_intervals(const Node& node, const RealEdges& edges);
  void mark_aligned_readers(const Node& node, const Target& target, const RealEdges& edges);
  const Node& producer(const Node& node, std::size_t port, const RealEdges& edges) const;
  std::optional<std::size_t> merge_types(std::span<const std::size_t> groups);
  void merge_intervals(std::size_t into, std::size_t group);
  NodeFacts& facts(const Node& node) { return facts_[key(node)]; }
  const NodeFacts* find(const Node& node) const;

  std::map<Key, NodeFacts> facts_;
  Groups types_, intervals_, averages_, alignments_;
};

/// Why the weights of a Convolution, or of another operation of its family, are not quantized; empty if they are.
///
/// returns  the dequantization on its input 1, whose scale and zero point lie along the output channels
std::variant<Dequantization, std::string> quantized_weights(const Node& node, const RealEdges& edges);

/// The axes of the weights that count output channels: 0; 1 for ConvolutionBackpropData; 0 and 1 for GroupConvolution;
/// 0 and 2 for GroupConvolutionBackpropData.
std::vector<std::size_t> output_channel_axes(const Node& node);

/// Convolution, GroupConvolution and their backprop forms.
bool is_convolution(const Node& node);

/// Its integer output has the type of its integer input: Concat, Reshape, MaxPool and the like.
bool preserves_type(const Node& node);

}  // namespace lpt
