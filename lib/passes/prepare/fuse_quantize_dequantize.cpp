// Joins a FakeQuantize that gives integers with the dequantization behind it.
//
//     FakeQuantize(ol..oh) -> Convert(u8) -> Convert(real) [-> Subtract(z)] -> Multiply(s)
//     =>  FakeQuantize(s*(ol - z)..s*(oh - z))
//
// Law     Its steps are integers that the type holds, so that the Converts change none of them.
// Guard   Each of them has one reader. Constant ranges. A zero point that keeps the runtime from moving the scale past
//         an eps stays.
// Note    The type is remembered: where the readers take it, the integers stay what they are in the model.
// Source  OpenVINO ConvertQuantizeDequantize; ONNX QuantizeLinear and DequantizeLinear come in this form.
#include <cmath>

#include "driver/context.hpp"
#include "ops/operation.hpp"
#include "quant/constant_bytes.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

struct SpelledOut {
  Node* last;  ///< the Multiply
  Dequantization dequantization;
};

std::optional<SpelledOut> spelled_out_below(const Node& node, const PassContext& context) {
  const Node* to_integer = node.output(0).single_reader("Convert");
  if (to_integer == nullptr) return std::nullopt;
  const auto type = to_integer->output(0).type();
  if (type != ElementType::u8 && type != ElementType::i8) return std::nullopt;
  Node* last = to_integer->output(0).single_reader("Convert");
  if (last == nullptr) return std::nullopt;
  for (const auto* step : {"Subtract", "Multiply"}) {
    if (Node* next = last->output(0).single_reader(step)) last = next;
  }
  if (!last->is("Multiply") || last->output(0).type() != node.output(0).type()) return std::nullopt;
  auto dequantization = Dequantization::producing(last->output(0), context.float_edges);
  if (!dequantization || dequantization->stored != to_integer->output(0)) return std::nullopt;
  return SpelledOut{last, std::move(*dequantization)};
}

/// True if the steps are integers that the type of the Convert behind holds, so that it changes none of them.
bool gives_integers_of(const Ranges& ranges, ElementType type) {
  const auto range = integer_range(type);
  for (std::size_t i = 0; i < ranges.output_low.values.size(); ++i) {
    const float first = ranges.output_low.values[i], last = ranges.output_high.values[i];
    const bool steps =
        std::abs(last - first) == static_cast<float>(ranges.levels - 1) && first == std::nearbyint(first);
    if (!steps || !range.holds(first) || !range.holds(last)) return false;
  }
  return true;
}

}  // namespace

Outcome fuse_quantize_dequantize(Graph& graph, Node& node, PassContext& context) {
  if (operation_set(node) != "opset1" || node.input_count() != 5 || constant_path(node.input(0))) return no_match();
  const auto spelled = spelled_out_below(node, context);
  if (!spelled) return no_match();
  auto found = ranges_of(node);
  if (!found) return refused(found.error());
  const auto& ranges = *found;
  const auto& dq = spelled->dequantization;
  if (!gives_integers_of(ranges, dq.type))
    return refused(Cause::range_not_integers,
                   "its steps are not integers of {}, which the Convert behind it cuts them to", name(dq.type));
  const auto low = dq.real_of(ranges.output_low), high = dq.real_of(ranges.output_high);
  if (!is_finite(low) || !is_finite(high)) return refused(Cause::range_not_usable, "its range would not be finite");
  if (!is_exact_in(node.output(0).type(), low) || !is_exact_in(node.output(0).type(), high))
    return refused(Cause::half_precision_steps, "its ends, {} and {}, would be rounded in {}", low.values[0],
                   high.values[0], lpt::name(node.output(0).type()));
  const auto* fact = context.runtime.against_real_range(spelled->last->output(0), ranges.levels, low, high);
  if (fact != nullptr && dq.zero_point) return refused(refusal(*fact));
  const std::string name(spelled->last->name());
  graph.replace(spelled->last->output(0), node.output(0));
  graph.set_name(node, name);
  context.types_in_model[node] = dq.type;
  set_range(graph, node, Side::output, low, high);
  return rewritten();
}

}  // namespace lpt
