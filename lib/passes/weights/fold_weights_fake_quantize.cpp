// Stores quantized weights as the integers that they are.
//
//     w -> FakeQuantize    =>    Const(i8|u8|i4|u4) -> Convert [-> Subtract(zero_point)] -> Multiply(scale)
//                                                          [-> Convert(f16|bf16)]
//     w -> FakeQuantize    =>    Const(i8|u8|i4|u4) -> Convert(f16|bf16) -> FakeQuantize(first step..last step)
//
// Law     FakeQuantize(w) = scale * (stored - zero_point): a FakeQuantize has `levels` results at equal distances, so
//         that its result is an affine function of the number of the step.
// Guard   The weights and all four ranges are constants, levels 3 to 256. A scale of 0 cannot carry a value other than
//         0. No initial state of a recurrent sequence, by the runtime's facts. A FakeQuantize whose dequantization the
//         model spells out belongs to fold_weights_quantize_dequantize.
// Source  OpenVINO CompressQuantizeWeights.
#include "passes/weights/weights.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

/// Lets the FakeQuantize read its steps as integers.
void store_in_front(Graph& graph, Node& node, const Shape& shape, QuantizedWeights quantized, unsigned levels,
                    PassContext& context) {
  const std::string name = std::string(node.name()) + "/quantized";
  const auto real = node.output(0).type();
  Node& weights =
      insert_stored(graph, node, name, quantized.dequantization.type, shape, std::move(quantized.stored), context);
  graph.set_input(node, 0, insert_convert(graph, &node, name + "/convert", weights.output(0), real));
  const auto low = collapsed(std::move(quantized.first_step));
  const auto high = mapped(low, [&](float first) { return first + static_cast<float>(levels - 1); });
  set_range(graph, node, Side::input, low, high);
}

}  // namespace

Outcome fold_weights_fake_quantize(Graph& graph, Node& node, PassContext& context) {
  const auto found = constant_fake_quantize(node);
  if (!found) return refused(found.error());
  const auto& [weights, ranges, levels] = *found;
  if (const auto* fact = context.runtime.against_stored_state(node.output(0))) return refused(refusal(*fact));
  const bool keeps_quantizer = context.runtime.against_scale_in(weights.real) != nullptr;
  if (keeps_quantizer && is_integer(weights.stored)) return no_match();
  auto quantized = quantize_weights(weights, ranges, levels);
  if (!quantized) return refused(quantized.error());
  warn_of_zero(node, *found, context);
  if (keeps_quantizer) {
    store_in_front(graph, node, weights.shape, std::move(*quantized), levels, context);
    return rewritten();
  }
  auto& dequantization = quantized->dequantization;
  const Node& last = store_weights_for(graph, node, dequantization.type, weights.shape, std::move(quantized->stored),
                                       dequantization, context);
  if (!is_supported_levels(levels)) context.levels_of_no_kernel.insert(last);
  return rewritten();
}

}  // namespace lpt
