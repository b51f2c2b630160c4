// Stores quantized weights as the integers that they are.
//
//     w -> FakeQuantize    =>    Const(i8|u8|i4|u4) -> Convert [-> Subtract(zero_point)] -> Multiply(scale)
//
// Law     FakeQuantize(w) = scale * (stored - zero_point): a FakeQuantize has `levels` results at equal distances, so
//         that its result is an affine function of the number of the step.
// Guard   The weights and all four ranges are constants, levels 3 to 256. A scale of 0 cannot carry a value other than
//         0. A FakeQuantize whose dequantization the model spells out belongs to fold_weights_quantize_dequantize.
//         OpenVINO's CPU mistakes weights with a zero point in a ConvolutionBackpropData of quantized activations.
// Source  OpenVINO CompressQuantizeWeights.
#include "passes/conversion.hpp"
#include "passes/weights.hpp"
#include "quant/activation_quantization.hpp"

namespace lpt {
namespace {

/// OpenVINO 2026.4 then computes nonsense where its own passes run. With the FakeQuantize it does not.
bool feeds_quantized_backprop(const Node& weights) {
  for (const Input* use = weights.output_port(0).first_use; use != nullptr; use = use->next_use) {
    if (use->node->is("ConvolutionBackpropData") && use->index == 1 && may_be_quantized(use->node->input(0)))
      return true;
  }
  return false;
}

}  // namespace

Outcome fold_weights_fake_quantize(Graph& graph, Node& node, Conversion& conversion) {
  auto found = constant_fake_quantize(node);
  if (auto* outcome = std::get_if<Outcome>(&found)) return std::move(*outcome);
  const auto& [weights, ranges, levels] = std::get<ConstantFakeQuantize>(found);
  auto result = quantize_weights(weights, ranges, levels);
  if (auto* reason = std::get_if<std::string>(&result)) return refused("{}", *reason);
  auto& quantized = std::get<QuantizedWeights>(result);
  if (quantized.zero_point && conversion.dialect == Dialect::openvino && feeds_quantized_backprop(node))
    return refused("OpenVINO takes weights with a zero point for wrong ones behind quantized activations");
  const Node& last =
      replace_with_dequantization(graph, node, quantized.type, weights.shape, std::move(quantized.stored),
                                  {weights.real, std::move(quantized.scale), std::move(quantized.zero_point)});
  if (!is_supported_levels(levels)) conversion.levels_of_no_kernel.insert({&graph, last.id()});
  return rewritten();
}

}  // namespace lpt
