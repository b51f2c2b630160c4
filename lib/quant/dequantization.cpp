#include "quant/dequantization.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/error.hpp"
#include "ops/operation.hpp"
#include "quant/constant_tensor.hpp"
#include "tensor/convert.hpp"
#include "tensor/rounding.hpp"

namespace lpt {
namespace {

bool keeps_shape(const Shape& data, const Shape& result) {
  if (!data.has_rank() || !result.has_rank()) return data.has_rank() == result.has_rank();
  if (data.rank() != result.rank()) return false;
  for (std::size_t i = 0; i < data.rank(); ++i) {
    if (data[i].is_static() && data[i] != result[i]) return false;
  }
  return true;
}

struct Step {
  Value data;
  SmallTensor parameter;
  Value constant;
};

/// An elementwise operation by a real constant that does not enlarge the data.
std::optional<Step> step_of(const Node& node, std::string_view type, bool commutes) {
  if (!node.is(type) || node.input_count() != 2 || find_operation(node.type(), operation_set(node)) == nullptr)
    return std::nullopt;
  for (std::size_t port : {1, 0}) {
    if (port == 0 && !commutes) break;
    const Value data = node.input(1 - port);
    auto parameter = small_tensor(node.input(port));
    if (!parameter || !is_real(node.input(port).type()) || !is_real(node.output(0).type())) continue;
    if (parameter->values.empty() || !is_finite(*parameter)) return std::nullopt;
    if (!keeps_shape(data.shape(), node.output(0).shape())) return std::nullopt;
    return Step{data, std::move(*parameter), node.input(port)};
  }
  return std::nullopt;
}

bool is_dequantizable(ElementType type) {
  return type == ElementType::u8 || type == ElementType::i8 || type == ElementType::u4 || type == ElementType::i4 ||
         type == ElementType::f16 || type == ElementType::f32;
}

/// Integer types that insert_parameter writes: whole bytes, and half ones.
bool is_writable_integer(ElementType type) { return is_integer(type) && bits(type) >= 4 && bits(type) != 6; }

/// The type behind the Convert of a zero point.
ElementType type_behind_convert(Value constant) {
  const Node& node = constant.node();
  return node.is("Convert") && is_writable_integer(node.input(0).type()) ? node.input(0).type() : constant.type();
}

/// The integers nearest to the values that a type holds, as little-endian elements, the first of two in the low half.
std::vector<std::byte> integer_bytes(ElementType type, const SmallTensor& tensor) {
  const auto range = integer_range(type);
  Tensor values(ElementType::f64, lengths_of(tensor.shape));
  for (std::size_t i = 0; i < tensor.values.size(); ++i)
    values.data<double>()[i] = std::clamp<double>(std::nearbyint(tensor.values[i]), range.low, range.high);
  const bool halves = bits(type) == 4;
  const Tensor stored = convert(values, halves ? ElementType::i8 : type);
  if (!halves) return {stored.bytes(), stored.bytes() + stored.byte_count()};
  std::vector<std::byte> packed(*byte_count(type, tensor.values.size()));
  for (std::size_t i = 0; i < tensor.values.size(); ++i)
    packed[i / 2] |= (stored.bytes()[i] & std::byte{0xF}) << (i % 2 * 4);
  return packed;
}

std::vector<std::byte> real_bytes(ElementType type, const SmallTensor& tensor) {
  Tensor values(ElementType::f32, lengths_of(tensor.shape));
  std::transform(tensor.values.begin(), tensor.values.end(), values.data<float>(),
                 [&](float v) { return type == ElementType::f64 ? v : round_as(type, v); });
  const Tensor stored = convert(values, type);
  return {stored.bytes(), stored.bytes() + stored.byte_count()};
}

}  // namespace

bool is_low_precision(ElementType type) { return is_integer(type) && bits(type) >= 8 && bits(type) <= 32; }

std::size_t data_port(const Node& step) {
  if (step.input_count() < 2) return 0;
  return step.input(0).node().constant() != nullptr || !constant_path(step.input(1)) ? 1 : 0;
}

std::string_view Dequantization::name_of(std::optional<SmallTensor> Dequantization::*parameter) {
  return parameter == &Dequantization::scale ? "scale" : "zero point";
}

bool Dequantization::is_low_precision() const { return lpt::is_low_precision(type); }

bool Dequantization::comes_from_quantization() const {
  return on_float_edge || is_integer(type) || is_type_relaxed(stored.node());
}

bool Dequantization::has_uniform_parameters() const {
  return std::all_of(kParameters.begin(), kParameters.end(),
                     [this](auto parameter) { return !(this->*parameter) || is_uniform(*(this->*parameter)); });
}

float Dequantization::least_scale() const {
  return scale ? *std::min_element(scale->values.begin(), scale->values.end()) : 1;
}

SmallTensor Dequantization::real_of(SmallTensor values) const {
  if (zero_point) values = combined(values, *zero_point, std::minus<>());
  return scale ? product(values, *scale) : values;
}

void Dequantization::drop_zero_points() {
  zero_point.reset();
  absorbed_zero_point.reset();
}

std::optional<Dequantization> Dequantization::producing(Value value, const FloatEdges& edges) {
  Dequantization result;
  result.real = value.type();
  result.stored = value;
  if (auto multiply = step_of(value.node(), "Multiply", true)) {
    result.stored = multiply->data;
    result.scale = std::move(multiply->parameter);
    result.in_f32 = is_half(result.real) && multiply->constant.type() == ElementType::f32;
  }
  if (const auto* edge = edges.find(result.stored)) {
    result.type = edge->type;
    result.absorbed_zero_point = edge->zero_point;
    result.zero_point_type = result.real;
    result.on_float_edge = true;
    result.keeps_channel_scales = edge->keeps_channel_scales;
    return result;
  }
  if (auto subtract = step_of(result.stored.node(), "Subtract", false)) {
    result.stored = subtract->data;
    result.zero_point = std::move(subtract->parameter);
    result.zero_point_type = type_behind_convert(subtract->constant);
  }
  if (!result.scale && !result.zero_point) return std::nullopt;
  const Node& convert = result.stored.node();
  if (convert.is("Convert") && convert.input_count() == 1 && is_dequantizable(convert.input(0).type()))
    result.stored = convert.input(0);
  result.type = result.stored.type();
  return result;
}

std::optional<Dequantization> Dequantization::producing_constant(Value value, const FloatEdges& edges) {
  const Node& node = value.node();
  const bool converts =
      node.is("Convert") && node.input_count() == 1 && is_real(value.type()) && is_real(node.input(0).type());
  auto found = producing(converts ? node.input(0) : value, edges);
  if (!found || (converts && found->stored.node().constant() == nullptr)) return std::nullopt;
  found->real = value.type();
  return found;
}

std::size_t channel_axis(Value data) {
  const Shape& shape = data.shape();
  if (shape.has_rank() && shape.rank() == 1) return 0;
  if (data.node().is("MatMul") && shape.has_rank() && shape.rank() > 0) return shape.rank() - 1;
  return 1;
}

Expected<void> check_per_channel(const Dequantization& dequantization, const Shape& data) {
  const auto axis = channel_axis(dequantization.stored);
  for (const auto member : Dequantization::kParameters) {
    const auto& parameter = dequantization.*member;
    if (!parameter || parameter->values.size() == 1) continue;
    const auto what = Dequantization::name_of(member);
    if (!data.has_rank())
      return refused(Cause::rank_unknown, "its {} is per-channel, and the rank of the data is not known", what);
    // A single axis is taken for the channel's, as OpenVINO does, where it can be that.
    if (!varies_only_along(*parameter, axis, data.rank()))
      return refused(Cause::parameters_off_channel_axis,
                     "its {} of shape [{}] is neither per-tensor nor along axis {} of data of rank {}", what,
                     parameter->shape, axis, data.rank());
  }
  return {};
}

Expected<void> check_zero_point(const Dequantization& dq) {
  if (!dq.zero_point) return {};
  if (dq.type != ElementType::u8 && dq.type != ElementType::i8)
    return refused(Cause::zero_point_off_type, "a zero point of {} is not handled", name(dq.type));
  if (is_integer(dq.zero_point_type) && dq.zero_point_type != dq.type)
    return refused(Cause::zero_point_off_type, "its zero point is {}, its data {}", name(dq.zero_point_type),
                   name(dq.type));
  constexpr double kHalf = 0.5;
  const auto range = integer_range(dq.type);
  for (const float z : dq.zero_point->values) {
    if (z < range.low - kHalf || z > range.high + kHalf)
      return refused(Cause::zero_point_off_type, "zero point {} does not fit {}", z, name(dq.type));
  }
  return {};
}

std::optional<SmallTensor> dequantized_constant(Value value, const FloatEdges& edges) {
  const auto dq = Dequantization::producing_constant(value, edges);
  constexpr std::uint64_t kMost = 4096;
  const auto stored = dq ? constant_tensor(dq->stored, kMost) : std::nullopt;
  if (!stored) return std::nullopt;
  const auto values = convert(*stored, ElementType::f32);
  return dq->real_of({dq->stored.shape(), {values.data<float>(), values.data<float>() + values.count()}});
}

Node& insert_parameter(Graph& graph, Node* position, const std::string& name, ElementType type,
                       const SmallTensor& tensor) {
  auto bytes = is_real(type) ? real_bytes(type, tensor) : integer_bytes(type, tensor);
  return graph.insert_constant_before(position, name, type, tensor.shape, Blob::of(std::move(bytes)));
}

Node& insert_elementwise(Graph& graph, Node* position, std::string_view type, const std::string& name, Value a, Value b,
                         ElementType result) {
  NodeSpec spec;
  spec.type = type;
  spec.name = name;
  spec.attributes = {{"auto_broadcast", "numpy"}};
  spec.inputs = {a, b};
  const auto shape = a.shape().has_rank() ? broadcast(a.shape(), b.shape()) : Shape::of_unknown_rank();
  if (!shape) throw internal_error("{} of [{}] and [{}] is none", type, a.shape().to_string(), b.shape().to_string());
  spec.outputs = {{result, *shape}};
  return graph.insert_before(position, std::move(spec));
}

Value insert_convert(Graph& graph, Node* position, const std::string& name, Value value, ElementType type) {
  NodeSpec convert;
  convert.type = "Convert";
  convert.name = name;
  convert.attributes = {{"destination_type", std::string(lpt::name(type))}};
  convert.inputs = {value};
  convert.outputs = {{type, value.shape()}};
  return graph.insert_before(position, std::move(convert)).output(0);
}

Value insert_dequantization(Graph& graph, Node* position, const std::string& base, Value stored,
                            const Dequantization& parameters, const DequantizationNames& names) {
  const auto real = parameters.real;
  Value value = stored;
  const auto named = [&](std::string_view suffix) { return base + std::string(suffix); };
  // An integer operation gives f32 also in a model of f16: what it sums up would not fit. The last step brings it back.
  const bool is_single = is_half(real) && parameters.scale && (value.type() == ElementType::f32 || parameters.in_f32);
  const auto computed = is_single ? ElementType::f32 : real;
  if (value.type() != computed && (parameters.zero_point || parameters.scale))
    value = insert_convert(graph, position, named(names.convert), value, computed);
  if (parameters.zero_point) {
    const bool integer = is_integer(parameters.zero_point_type);
    Value constant = insert_parameter(graph, position, base + "/zero_point",
                                      integer ? parameters.zero_point_type : computed, *parameters.zero_point)
                         .output(0);
    if (integer) constant = insert_convert(graph, position, base + "/zero_point/convert", constant, computed);
    value = insert_elementwise(graph, position, "Subtract", named(names.subtract), value, constant, computed).output(0);
  }
  if (parameters.scale) {
    const Value constant = insert_parameter(graph, position, base + "/scale", computed, *parameters.scale).output(0);
    Node& multiply = insert_elementwise(graph, position, "Multiply", named(names.multiply), value, constant, real);
    if (is_single) relax_types(graph, multiply, std::vector{computed, computed}, real);
    value = multiply.output(0);
  }
  return value;
}

Value insert_without_scale(Graph& graph, Node& before, const std::string& base, const Dequantization& dq) {
  Dequantization without = dq;
  without.scale.reset();
  return insert_dequantization(graph, &before, base, dq.stored, without);
}

Node& replace_with_dequantization(Graph& graph, Node& node, Value stored, const Dequantization& parameters,
                                  const DequantizationNames& names) {
  const std::string base(node.name());
  Value result = insert_dequantization(graph, &node, base, stored, parameters, names);
  if (is_half(node.output(0).type()) && result.type() == ElementType::f32)
    result = insert_convert(graph, &node, {}, result, node.output(0).type());
  Node& last = result.node();
  graph.move_annotations(node, last);
  graph.replace(node.output(0), result);
  graph.set_name(last, base);
  return last;
}

void replace_with_shifted(Graph& graph, Node& node, const Dequantization& above, Value data,
                          std::optional<SmallTensor> zero_point, FloatEdges& edges) {
  Dequantization whole = above;
  whole.type = above.real;
  whole.zero_point_type = above.real;
  whole.zero_point = std::move(zero_point);
  whole.absorbed_zero_point.reset();
  const Node& last = replace_with_dequantization(graph, node, data, whole);
  if (above.on_float_edge) edges[last.input(0)] = {above.real, {}};
}

std::string_view without_original(std::string_view name) {
  return name.ends_with(kOriginalSuffix) ? name.substr(0, name.size() - kOriginalSuffix.size()) : name;
}

void dequantize_output(Graph& graph, Node& node, std::size_t output, const Dequantization& parameters,
                       FloatEdges& edges) {
  const Value stored = node.output(output);
  if (parameters.on_float_edge)
    edges[stored] = {parameters.type, parameters.absorbed_zero_point, parameters.keeps_channel_scales, parameters.scale,
                     stored.names()};
  std::vector<std::pair<Node*, std::size_t>> readers;
  for (const Input* use = node.output_port(output).first_use; use != nullptr; use = use->next_use)
    readers.emplace_back(use->node, use->index);
  std::string base(without_original(node.name()));
  const std::string original = base + std::string(kOriginalSuffix);
  // Of MaxPool's two outputs one holds data.
  if (node.output_count() > 1 && !node.is("MaxPool")) base += fmt::format(".{}", output);
  const Value last = insert_dequantization(graph, node.next(), base, stored, parameters);
  if (last == stored) return;
  bool is_result = false;
  graph.move_names(stored, last);
  for (const auto& [reader, index] : readers) {
    if (reader->is("ShapeOf")) continue;
    graph.set_input(*reader, index, last);
    is_result = is_result || reader->is("Result");
  }
  if (!is_result) return;
  graph.set_name(node, original);
  graph.set_name(last.node(), base);
}

void relax_types(Graph& graph, Node& node, std::span<const ElementType> believed, ElementType output) {
  std::string types;
  for (const auto type : believed) types += fmt::format("{}{}", types.empty() ? "" : ", ", name(type));
  graph.set_attribute(node, "output_data_types", name(output));
  graph.set_attribute(node, "input_data_types", types);
  graph.set_attribute(node, "type_relax", "true");
  if (operation_set(node) == node.version()) graph.set_version(node, fmt::format("type_relaxed_{}", node.version()));
  graph.set_output(node, 0, output, node.output(0).shape());
}

void unrelax_types(Graph& graph, Node& node, ElementType output) {
  for (const auto* attribute : {"type_relax", "input_data_types", "output_data_types"})
    graph.remove_attribute(node, attribute);
  graph.set_version(node, std::string(operation_set(node)));
  graph.set_output(node, 0, output, node.output(0).shape());
}

}  // namespace lpt
