// Stores weights that a FakeConvert rounds to 8-bit floats as those floats.
//
//     w -> FakeConvert(scale, shift)    =>    Const(f8) -> Convert [-> Subtract(-shift)] -> Multiply(1 / scale)
//
// Law     FakeConvert(w) = (f8(w * scale - shift) + shift) / scale.
// Guard   Weights, scale and shift are constants; no scale is 0.
// Source  OpenVINO FakeConvert-13 and CompressQuantizeWeights. What is too large for f8 is stored as the largest value,
//         as FakeConvert computes it; OpenVINO's compression stores NaN or infinity there.
#include "ops/operation.hpp"
#include "passes/weights/weights.hpp"
#include "quant/f8.hpp"

namespace lpt {

Outcome fold_weights_fake_convert(Graph& graph, Node& node, PassContext& context) {
  const auto weights = constant_path(node.input(0));
  if (!weights) return no_match();
  const auto* attribute = node.attribute("destination_type");
  const auto f8 = attribute != nullptr && *attribute == "f8e5m2" ? ElementType::f8e5m2 : ElementType::f8e4m3;
  auto scale = small_tensor(node.input(1));
  if (!scale) return refused(Cause::range_not_constant, "its scale is not a constant");
  auto shift = node.input_count() > 2 ? small_tensor(node.input(2)) : std::nullopt;
  if (node.input_count() > 2 && !shift) return refused(Cause::range_not_constant, "its shift is not a constant");
  auto result = convert_weights_to_f8(*weights, f8, *scale, shift);
  if (!result) return refused(result.error());

  for (float& s : scale->values) s = 1 / s;
  if (shift) {
    for (float& s : shift->values) s = -s;
  }
  store_weights_for(graph, node, f8, weights->shape, std::move(*result),
                    weights_dequantization(f8, weights->real, std::move(*scale), std::move(shift)), context);
  return rewritten();
}

}  // namespace lpt
