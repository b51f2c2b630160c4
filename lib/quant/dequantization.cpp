#include "quant/dequantization.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ir/error.hpp"
#include "ops/operation.hpp"
#include "tensor/rounding.hpp"
#include "tensor/saturate.hpp"

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
    if (!keeps_shape(data.shape(), node.output(0).shape())) return std::nullopt;
    return Step{data, std::move(*parameter), node.input(port)};
  }
  return std::nullopt;
}

bool is_dequantizable(ElementType type) {
  return type == ElementType::u8 || type == ElementType::i8 || type == ElementType::u4 || type == ElementType::i4 ||
         type == ElementType::f16 || type == ElementType::f32;
}

/// The type behind the Convert of a zero point.
ElementType type_behind_convert(Value constant) {
  const Node& node = constant.node();
  return node.is("Convert") && is_integer(node.input(0).type()) ? node.input(0).type() : constant.type();
}

}  // namespace

const StoredOnRealEdge* RealEdges::find(Value value) const {
  const auto found = edges_.find(key(value));
  return found == edges_.end() ? nullptr : &found->second;
}

bool is_low_precision(ElementType type) { return is_integer(type) && bits(type) >= 8 && bits(type) <= 32; }

bool Dequantization::is_low_precision() const { return lpt::is_low_precision(type); }

bool Dequantization::is_per_tensor() const {
  return (!scale || scale->values.size() == 1) && (!zero_point || zero_point->values.size() == 1);
}

float Dequantization::least_scale() const {
  return scale ? *std::min_element(scale->values.begin(), scale->values.end()) : 1;
}

SmallTensor Dequantization::real_of(SmallTensor values) const {
  if (zero_point && !on_real_edge) values = combined(values, *zero_point, std::minus<>());
  return scale ? product(values, *scale) : values;
}

std::optional<Dequantization> Dequantization::producing(Value value, const RealEdges& edges) {
  Dequantization result;
  result.real = value.type();
  result.stored = value;
  if (auto multiply = step_of(value.node(), "Multiply", true)) {
    result.stored = multiply->data;
    result.scale = std::move(multiply->parameter);
  }
  if (const auto* stored = edges.find(result.stored)) {
    result.type = stored->type;
    result.zero_point = stored->zero_point;
    result.zero_point_type = result.real;
    result.on_real_edge = true;
    result.keeps_channel_scales = stored->keeps_channel_scales;
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

std::optional<Dequantization> Dequantization::producing_constant(Value value, const RealEdges& edges) {
  const Node& node = value.node();
  const bool widens = node.is("Convert") && node.input_count() == 1 && value.type() == ElementType::f32 &&
                      (node.input(0).type() == ElementType::f16 || node.input(0).type() == ElementType::bf16);
  auto found = producing(widens ? node.input(0) : value, edges);
  if (!found || (widens && found->stored.node().constant() == nullptr)) return std::nullopt;
  found->real = value.type();
  return found;
}

std::size_t channel_axis(Value data) {
  const Shape& shape = data.shape();
  if (shape.has_rank() && shape.rank() == 1) return 0;
  if (data.node().is("MatMul") && shape.has_rank() && shape.rank() > 0) return shape.rank() - 1;
  return 1;
}

std::optional<std::string> not_per_channel(const Dequantization& dequantization, const Shape& data) {
  const auto axis = channel_axis(dequantization.stored);
  const auto check = [&](const std::optional<SmallTensor>& parameter, std::string_view what) -> std::string {
    if (!parameter || parameter->values.size() == 1) return {};
    if (!data.has_rank()) return fmt::format("its {} is per-channel, and the rank of the data is not known", what);
    // A single axis is taken for the channel's, as OpenVINO does, where it can be that.
    if (varies_only_along(*parameter, axis, data.rank())) return {};
    return fmt::format("its {} of shape [{}] is neither per-tensor nor along axis {} of data of rank {}", what,
                       parameter->shape.to_string(), axis, data.rank());
  };
  auto reason = check(dequantization.scale, "scale");
  if (reason.empty()) reason = check(dequantization.zero_point, "zero point");
  return reason.empty() ? std::nullopt : std::optional(reason);
}

Node& insert_parameter(Graph& graph, Node* position, const std::string& name, ElementType type,
                       const SmallTensor& tensor) {
  std::vector<std::byte> bytes(*byte_count(type, tensor.values.size()));
  if (is_real(type)) {
    std::vector<float> rounded;
    for (const float v : tensor.values) rounded.push_back(round_as(type, v));
    write_as(type, rounded, bytes);
  } else {
    for (std::size_t i = 0; i < tensor.values.size(); ++i)
      bytes[i] = type == ElementType::u8 ? std::byte{saturate<std::uint8_t>(tensor.values[i])}
                                         : static_cast<std::byte>(saturate<std::int8_t>(tensor.values[i]));
  }
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
                            const Dequantization& parameters) {
  const auto real = parameters.real;
  const bool subtracts = parameters.zero_point && !parameters.on_real_edge;
  Value value = stored;
  // An integer operation gives f32 also in a model of f16: what it sums up would not fit. The last step brings it back.
  const bool is_single = real == ElementType::f16 && value.type() == ElementType::f32 && parameters.scale;
  const auto computed = is_single ? ElementType::f32 : real;
  if (value.type() != computed && (subtracts || parameters.scale))
    value = insert_convert(graph, position, base + "/DequantizationConvert", value, real);
  if (subtracts) {
    const auto name = base + "/DequantizationSubtract";
    const bool integer = is_integer(parameters.zero_point_type);
    Value constant = insert_parameter(graph, position, base + "/zero_point",
                                      integer ? parameters.zero_point_type : computed, *parameters.zero_point)
                         .output(0);
    if (integer) constant = insert_convert(graph, position, base + "/zero_point/convert", constant, computed);
    value = insert_elementwise(graph, position, "Subtract", name, value, constant, computed).output(0);
  }
  if (parameters.scale) {
    const Value constant = insert_parameter(graph, position, base + "/scale", computed, *parameters.scale).output(0);
    Node& multiply =
        insert_elementwise(graph, position, "Multiply", base + "/DequantizationMultiply", value, constant, real);
    if (is_single) relax_types(graph, multiply, std::vector{computed, computed}, real);
    value = multiply.output(0);
  }
  return value;
}

Node& replace_by_dequantization(Graph& graph, Node& node, Value stored, const Dequantization& parameters) {
  const std::string base(node.name());
  const Value result = insert_dequantization(graph, &node, base, stored, parameters);
  auto& last = const_cast<Node&>(result.node());
  graph.move_annotations(node, last);
  graph.replace(node.output(0), result);
  graph.set_name(last, base);
  return last;
}

void dequantize_output(Graph& graph, Node& node, std::size_t output, const Dequantization& parameters,
                       RealEdges& edges) {
  const Value stored = node.output(output);
  if (parameters.on_real_edge)
    edges.set(stored, {parameters.type, parameters.zero_point, parameters.keeps_channel_scales});
  std::vector<std::pair<Node*, std::size_t>> readers;
  for (const Input* use = node.output_port(output).first_use; use != nullptr; use = use->next_use)
    readers.emplace_back(use->node, use->index);
  constexpr std::string_view kOriginal = "_original";
  std::string base(node.name());
  if (base.ends_with(kOriginal)) base.resize(base.size() - kOriginal.size());
  const std::string original = base + std::string(kOriginal);
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
  graph.set_name(const_cast<Node&>(last.node()), base);
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
