// Stores quantized weights as the integers that they are.
//
//     w -> FakeQuantize    =>    Const(i8|u8|i4|u4) -> Convert [-> Subtract(zero_point)] -> Multiply(scale)
//
// Law     FakeQuantize(w) = scale * (stored - zero_point): a FakeQuantize has `levels` results at equal distances, so
//         that its result is an affine function of the number of the step.
// Guard   The weights and all four ranges are constants, levels 3 to 256. A scale of 0 cannot carry a value other than
//         0. No initial state of a recurrent sequence, by the runtime's facts. A FakeQuantize whose dequantization the
//         model spells out belongs to fold_weights_quantize_dequantize.
// Source  OpenVINO CompressQuantizeWeights.
#include "passes/weights/weights.hpp"
#include "quant/activation_quantization.hpp"

namespace lpt {
Outcome fold_weights_fake_quantize(Graph& graph, Node& node, PassContext& context) {
  const auto found = constant_fake_quantize(node);
  if (!found) return refused(found.error());
  const auto& [weights, ranges, levels] = *found;
  if (const auto* fact = context.runtime.against_stored_state(node.output(0))) return refused(refusal(*fact));
  auto quantized = quantize_weights(weights, ranges, levels);
  if (!quantized) return refused(quantized.error());
  auto& dequantization = quantized->dequantization;
  const Node& last = store_weights_for(graph, node, dequantization.type, weights.shape, std::move(quantized->stored),
                                       dequantization, context);
  if (!is_supported_levels(levels)) context.levels_of_no_kernel.insert(last);
  return rewritten();
}

}  // namespace lpt
