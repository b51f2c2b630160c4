// Keeps the cache of an attention in the 8-bit floats that it is read in.
//
//     ReadValue(f32) -> Gather -> down(scale) -> Concat(., down(scale)) -> up -> Assign(f32)
//     =>  ReadValue(f8) -> Gather -> up -> down' -> Concat(., down(scale)) -> up -> down' -> Assign(f8)
//
//     down   [Multiply(scale) ->] [Subtract(shift) ->] Clamp -> Convert(f8)      down' the same without the Clamp
//     up     Convert(f32) [-> Subtract(up_shift)] -> Multiply(up_scale)
//
// Law     With up_scale = 1/scale and up_shift = -shift, down'(up(v)) == v for every f8 value v, so that the state
//         holds what it would be rounded to when it is read.
// Guard   Both down-conversions are the same, with constants. The state begins as a constant that is converted once.
//         For a dialect that spells types out: what a state holds is part of a model that others call.
// Source  OpenVINO LPT, KVCacheConcat, which its own pipeline does not run.
#include "driver/context.hpp"
#include "ops/operation.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

bool is_f8(ElementType type) { return type == ElementType::f8e4m3 || type == ElementType::f8e5m2; }

/// A Multiply or Subtract with one number for all.
struct Step {
  Value data;
  std::optional<float> number;
};
Step step_above(Value value, std::string_view type) {
  const Node& node = value.node();
  if (!node.is(type) || node.version() != "opset1" || node.input_count() != 2) return {value, {}};
  const auto constant = small_tensor(node.input(1));
  if (!constant || constant->values.size() != 1) return {value, {}};
  return {node.input(0), constant->values[0]};
}

struct Down {
  Value data;
  std::optional<float> scale, shift;
  ElementType type;
};
std::optional<Down> down_conversion(Value value) {
  const Node& convert = value.node();
  if (!convert.is("Convert") || !is_f8(value.type())) return std::nullopt;
  const Node& clamp = convert.input(0).node();
  if (!clamp.is("Clamp") || clamp.input_count() != 1) return std::nullopt;
  const auto shift = step_above(clamp.input(0), "Subtract");
  const auto scale = step_above(shift.data, "Multiply");
  return Down{scale.data, scale.number, shift.number, value.type()};
}

struct Up {
  Value converted;  ///< what is read as f8
  float scale;
  std::optional<float> shift;
};
std::optional<Up> up_conversion(Value value) {
  const auto scale = step_above(value, "Multiply");
  if (!scale.number) return std::nullopt;
  const auto shift = step_above(scale.data, "Subtract");
  const Node& convert = shift.data.node();
  if (!convert.is("Convert") || !is_f8(convert.input(0).type())) return std::nullopt;
  return Up{convert.input(0), *scale.number, shift.number};
}

/// up and down' behind each other.
Value insert_reverse(Graph& graph, Node& before, const std::string& base, Value value, const Up& up, const Down& down,
                     ElementType real) {
  const auto apply = [&](std::string_view type, const std::optional<float>& number, std::string_view name) {
    if (!number) return;
    const auto full = base + std::string(name);
    const Value constant = insert_parameter(graph, &before, full + "/constant", real, scalar(*number)).output(0);
    value = insert_elementwise(graph, &before, type, full, value, constant, real).output(0);
  };
  value = insert_convert(graph, &before, base + "/up", value, real);
  apply("Subtract", up.shift, "/up_shift");
  apply("Multiply", up.scale, "/up_scale");
  apply("Multiply", down.scale, "/scale");
  apply("Subtract", down.shift, "/shift");
  return insert_convert(graph, &before, base + "/down", value, down.type);
}

}  // namespace

Outcome propagate_kv_cache_concat(Graph& graph, Node& assign, PassContext&) {
  if (assign.input_count() != 1) return no_match();
  const auto up = up_conversion(assign.input(0));
  if (!up || !up->converted.node().is("Concat") || up->converted.node().input_count() != 2) return no_match();
  auto& concat = up->converted.node();
  const auto cache = down_conversion(concat.input(0)), token = down_conversion(concat.input(1));
  if (!cache || !token) return no_match();
  auto& gather = cache->data.node();
  if (!gather.is("Gather") || gather.input_count() != 3) return no_match();
  auto& read = gather.input(0).node();
  const auto id = required_attribute(assign, "variable_id");
  if (!read.is("ReadValue") || read.input_count() != 1 || required_attribute(read, "variable_id") != id)
    return no_match();
  if (cache->scale != token->scale || cache->shift != token->shift || cache->type != token->type)
    return refused(Cause::inputs_of_different_types,
                   "the cache and what is added to it are converted in different ways");
  if (!read.output(0).has_one_reader() || !gather.output(0).has_one_reader())
    return refused(Cause::read_by_others, "others read its state as well");
  if (read.input(0).node().constant() == nullptr)
    return refused(Cause::operand_not_constant, "its state does not begin with a constant");

  const auto type = cache->type, real = read.output(0).type();
  const std::string base(concat.name());
  graph.set_input(read, 0, insert_convert(graph, &read, std::string(read.name()) + "/convert", read.input(0), type));
  for (Node* node : {&read, &assign}) {
    if (node->attribute("variable_type") != nullptr) graph.set_attribute(*node, "variable_type", name(type));
  }
  graph.set_output(read, 0, type, read.output(0).shape());
  graph.set_output(gather, 0, type, gather.output(0).shape());
  graph.set_input(concat, 0, insert_reverse(graph, concat, base + "/cache", gather.output(0), *up, *cache, real));
  graph.set_input(assign, 0, insert_reverse(graph, assign, base + "/state", concat.output(0), *up, *cache, real));
  if (assign.output_count() > 0) graph.set_output(assign, 0, type, assign.output(0).shape());
  return rewritten();
}

}  // namespace lpt
