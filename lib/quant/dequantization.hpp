#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

#include "ir/node_map.hpp"
#include "quant/parameter_algebra.hpp"
#include "refusal/refusal.hpp"

namespace lpt {

/// Integers on an edge of a floating type: the edge's values are `stored - zero_point`, with `stored` of `type`; or a
/// multiple of that, where the scale stays with whoever gives them.
struct FloatEdge {
  ElementType type;
  std::optional<SmallTensor> zero_point;
  bool keeps_channel_scales = false;      ///< the scale that stays is one for each channel
  std::optional<SmallTensor> scale = {};  ///< what the edge's values are to be multiplied by; absent where it is 1
  std::string_view names = {};            ///< the tensor names that went with the real values
  float kept_zero_point = 0;              ///< what is still to be taken off the edge's values before that
};

/// Which edges of a floating type carry integers. The `openvino` dialect has no operation that reads integers and gives
/// real values, so that its integers travel on float edges; what the edge does not say is kept here.
using FloatEdges = ValueMap<FloatEdge>;

/// What turns stored values into real ones, as one thing instead of three nodes:
///
///     real = scale * (stored - zero_point)        Convert [-> Subtract(zero_point)] [-> Multiply(scale)]
///
/// scale       real units per step; shape broadcasts to the data, absent where it is 1
/// zero_point  the stored value that means 0.0; absent where it is 0
/// source      gemmlowp doc/quantization.md, equation (3); OpenVINO LPT, FakeQuantizeDequantization
struct Dequantization {
  Value stored;
  ElementType type = ElementType::dynamic;  ///< of the integers; the type of `stored` where they are none
  ElementType real = ElementType::dynamic;  ///< of the result
  std::optional<SmallTensor> scale;
  std::optional<SmallTensor> zero_point;  ///< still to be subtracted
  /// On a float edge: the zero point that the values of `stored` already lack.
  std::optional<SmallTensor> absorbed_zero_point;
  /// The type in which the graph keeps the zero point: `real`, or an integer type behind a Convert.
  ElementType zero_point_type = ElementType::dynamic;
  /// `stored` is an edge of a floating type that carries integers.
  bool on_float_edge = false;
  /// A half that a type-relaxed Multiply gives: the parameters are f32, of which it would keep a part.
  bool in_f32 = false;
  /// On a float edge: the values are still multiplied by a scale for each channel.
  bool keeps_channel_scales = false;

  /// The members that are parameters, for whoever does the same to all of them.
  static constexpr std::array kParameters{&Dequantization::scale, &Dequantization::zero_point,
                                          &Dequantization::absorbed_zero_point};
  /// "scale" or "zero point".
  static std::string_view name_of(std::optional<SmallTensor> Dequantization::*parameter);

  /// The chain above a value: any of its three parts may be missing, but not both Subtract and Multiply, unless the
  /// value is a float edge with integers. `constant - x` is no dequantization, nor is a constant that enlarges the
  /// data, nor one without elements.
  ///
  /// empty  if there is none
  static std::optional<Dequantization> producing(Value value, const FloatEdges& edges);

  /// Likewise for stored constants, which may be dequantized in one real type and converted to another behind that.
  static std::optional<Dequantization> producing_constant(Value value, const FloatEdges& edges);

  /// i8, u8, i16, u16, i32, u32
  bool is_low_precision() const;
  /// The integers have an integer type in the graph as well.
  bool has_integer_edge() const { return stored.type() != real; }
  /// A scale in front of an operation that has nothing to do with quantization is none of ours.
  bool comes_from_quantization() const;
  /// On a float edge without a scale the values are what they are to be in front of and behind every operation.
  bool has_nothing_to_move() const { return on_float_edge && !scale; }
  /// Only a float edge may lack a scale: its step is 1.
  bool lacks_scale() const { return !scale && !on_float_edge; }
  /// To be subtracted, or already off.
  const std::optional<SmallTensor>& any_zero_point() const { return zero_point ? zero_point : absorbed_zero_point; }
  bool has_zero_point() const { return any_zero_point().has_value(); }
  bool has_uniform_scale() const { return !scale || is_uniform(*scale); }
  bool has_uniform_parameters() const;
  float least_scale() const;
  /// What stored values mean: scale * (values - zero_point).
  SmallTensor real_of(SmallTensor values) const;
  /// Applies `f` to scale and zero points.
  template <class F>
  Dequantization with_parameters(F&& f) const {
    Dequantization result = *this;
    for (const auto parameter : kParameters) {
      if (this->*parameter) result.*parameter = f(*(this->*parameter));
    }
    return result;
  }
  void drop_zero_points();
};

bool is_low_precision(ElementType type);

/// Which input of a Convert, Subtract or Multiply of a dequantization is its data. Of stored weights this is a constant
/// as well, behind a Convert, and the first input unless that is a Const.
std::size_t data_port(const Node& step);

/// The channel axis of data: 1, but 0 for rank 1, and the last axis of what a MatMul gives.
std::size_t channel_axis(Value data);

/// Refuses a scale or zero point that is neither per-tensor nor along the data's channel axis.
Expected<void> check_per_channel(const Dequantization& dequantization, const Shape& data);

/// Refuses a zero point that an integer operation could not take off its data.
Expected<void> check_zero_point(const Dequantization& dequantization);

/// The real values of stored integers behind their dequantization. Empty for all else, and for more than 4096 of them,
/// which are better kept as they are stored.
std::optional<SmallTensor> dequantized_constant(Value value, const FloatEdges& edges);

/// How new nodes are called behind the base of their names: OpenVINO's LPT and its weight compression do so in two
/// ways.
struct DequantizationNames {
  std::string_view convert, subtract, multiply;
};
inline constexpr DequantizationNames kActivationNames{"/DequantizationConvert", "/DequantizationSubtract",
                                                      "/DequantizationMultiply"};
inline constexpr DequantizationNames kWeightsNames{"/convert", "/subtract", "/multiply"};

/// What a layer of integers gets behind its name, where the layer that dequantizes them has that.
inline constexpr std::string_view kOriginalSuffix = "_original";
/// The name of a layer without that.
std::string_view without_original(std::string_view name);

/// Adds Convert, Subtract and Multiply, as far as they are needed, in front of `position`, reading `stored`.
///
/// base     names the new nodes
/// returns  the last of them; `stored` itself where none is needed
Value insert_dequantization(Graph& graph, Node* position, const std::string& base, Value stored,
                            const Dequantization& parameters, const DequantizationNames& names = kActivationNames);

/// The stored values less their zero point, in front of a node.
Value insert_without_scale(Graph& graph, Node& before, const std::string& base, const Dequantization& dequantization);

/// Puts the dequantization of `stored` in the place of `node`, whose only output it is worth, under its name.
/// returns  its last node
Node& replace_with_dequantization(Graph& graph, Node& node, Value stored, const Dequantization& parameters,
                                  const DequantizationNames& names = kActivationNames);

/// Likewise of `data`, where the integers are no integers any more: a constant that is no multiple of the scale has
/// gone into the zero point.
void replace_with_shifted(Graph& graph, Node& node, const Dequantization& above, Value data,
                          std::optional<SmallTensor> zero_point, FloatEdges& edges);

/// Lets the data output of `node`, which now gives stored values, be dequantized for all its readers, except ShapeOf.
/// Where the output is a result of the model, the name goes with it.
///
/// parameters  what `stored` of the output means; its `stored` member is not used
void dequantize_output(Graph& graph, Node& node, std::size_t output, const Dequantization& parameters,
                       FloatEdges& edges);

/// A constant with the values of a tensor, rounded to `type` and cut to what it holds.
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
