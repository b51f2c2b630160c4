#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "quant/parameter_algebra.hpp"

namespace lpt {

/// Integers on an edge of a real type: the edge's values are `stored - zero_point`, with `stored` of `type`; or a
/// multiple of that, where the scale stays with whoever gives them.
struct StoredOnRealEdge {
  ElementType type;
  std::optional<SmallTensor> zero_point;
  bool keeps_channel_scales = false;  ///< the scale that stays is one for each channel
};

/// Which edges of a real type carry integers. The `openvino` dialect has no operation that reads integers and gives
/// real values, so that its integers travel on real edges; what the edge does not say is kept here.
class RealEdges {
 public:
  void set(Value value, StoredOnRealEdge stored) { edges_[key(value)] = std::move(stored); }
  void forget(Value value) { edges_.erase(key(value)); }
  /// null if the edge carries no integers, or has an integer type itself
  const StoredOnRealEdge* find(Value value) const;

 private:
  using Key = std::tuple<const Graph*, std::uint64_t, std::size_t>;
  static Key key(Value value) { return {&value.node().graph(), value.node().id(), value.index()}; }
  std::map<Key, StoredOnRealEdge> edges_;
};

/// What turns stored values into real ones, as one thing instead of three nodes:
///
///     real = scale * (stored - zero_point)        Convert [-> Subtract(zero_point)] [-> Multiply(scale)]
///
/// scale       real units per step; shape broadcasts to the data, absent where it is 1
/// zero_point  the stored value that means 0.0; absent where it is 0
/// source      gemmlowp doc/quantization.md, equation (3); OpenVINO LPT, FakeQuantizeDequantization
struct Dequantization {
  Value stored;
  ElementType type;  ///< of the integers; the type of `stored` where they are none
  ElementType real;  ///< of the result
  std::optional<SmallTensor> scale;
  std::optional<SmallTensor> zero_point;
  /// The type in which the graph keeps the zero point: `real`, or an integer type behind a Convert.
  ElementType zero_point_type;
  /// `stored` is a real edge and its values already lack the zero point.
  bool on_real_edge = false;
  /// On a real edge: the values are still multiplied by a scale for each channel.
  bool keeps_channel_scales = false;

  /// The chain above a value: any of its three parts may be missing, but not both Subtract and Multiply, unless the
  /// value is a real edge with integers. `constant - x` is no dequantization, nor is a constant that enlarges the data.
  ///
  /// empty  if there is none
  static std::optional<Dequantization> producing(Value value, const RealEdges& edges);

  /// Likewise for stored constants, which may be dequantized in f16 and converted to f32 behind that.
  static std::optional<Dequantization> producing_constant(Value value, const RealEdges& edges);

  /// i8, u8, i16, u16, i32, u32
  bool is_low_precision() const;
  bool has_uniform_scale() const { return !scale || is_uniform(*scale); }
  bool has_uniform_parameters() const { return has_uniform_scale() && (!zero_point || is_uniform(*zero_point)); }
  /// Neither scale nor zero point has more than one element.
  bool is_per_tensor() const;
  float least_scale() const;
  /// What stored values mean: scale * (values - zero_point). On a real edge the zero point is off already.
  SmallTensor real_of(SmallTensor values) const;
  /// Applies `f` to scale and zero point.
  template <class F>
  Dequantization with_parameters(F&& f) const {
    Dequantization result = *this;
    if (scale) result.scale = f(*scale);
    if (zero_point) result.zero_point = f(*zero_point);
    return result;
  }
};

bool is_low_precision(ElementType type);

/// The channel axis of data: 1, but 0 for rank 1, and the last axis of what a MatMul gives.
std::size_t channel_axis(Value data);

/// Why scale or zero point is neither per-tensor nor along the data's channel axis; empty if they are.
std::optional<std::string> not_per_channel(const Dequantization& dequantization, const Shape& data);

/// Adds Convert, Subtract and Multiply, as far as they are needed, in front of `position`, reading `stored`.
///
/// base     names the new nodes: base/DequantizationConvert and so on
/// returns  the last of them; `stored` itself where none is needed
Value insert_dequantization(Graph& graph, Node* position, const std::string& base, Value stored,
                            const Dequantization& parameters);

/// Puts the dequantization of `stored` in the place of `node`, whose only output it is worth, under its name.
/// returns  its last node
Node& replace_by_dequantization(Graph& graph, Node& node, Value stored, const Dequantization& parameters);

/// Lets the data output of `node`, which now gives stored values, be dequantized for all its readers, except ShapeOf.
/// Where the output is a result of the model, the name goes with it.
///
/// parameters  what `stored` of the output means; its `stored` member is not used
void dequantize_output(Graph& graph, Node& node, std::size_t output, const Dequantization& parameters,
                       RealEdges& edges);

/// A real constant with the values of a tensor.
Node& insert_parameter(Graph& graph, Node* position, const std::string& name, ElementType type,
                       const SmallTensor& tensor);

Value insert_convert(Graph& graph, Node* position, const std::string& name, Value value, ElementType type);

/// An elementwise operation by numpy's rule.
Node& insert_elementwise(Graph& graph, Node* position, std::string_view type, const std::string& name, Value a, Value b,
                         ElementType result);

/// Lets a layer have other element types than its operation allows, in the form of OpenVINO's serializer.
///
/// believed  what the operation's rules are to take its first inputs for; empty where they see the real types
void relax_types(Graph& graph, Node& node, std::span<const ElementType> believed, ElementType output);

/// Takes that back: the operation has its own types again, and gives `output`.
void unrelax_types(Graph& graph, Node& node, ElementType output);

}  // namespace lpt
