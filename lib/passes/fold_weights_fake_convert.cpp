// Stores weights that a FakeConvert rounds to 8-bit floats as those floats.
//
//     w -> FakeConvert(scale, shift)    =>    Const(f8) -> Convert [-> Subtract(-shift)] -> Multiply(1 / scale)
//
// Law     FakeConvert(w) = (f8(w * scale - shift) + shift) / scale.
// Guard   Weights, scale and shift are constants; no scale is 0.
// Source  OpenVINO FakeConvert-13 and CompressQuantizeWeights. What is too large for f8 is stored as the largest value,
//         as FakeConvert computes it; OpenVINO's compression stores NaN or infinity there.
#include "ops/operation.hpp"
#include "passes/weights.hpp"
#include "quant/f8.hpp"

namespace lpt {

Outcome fold_weights_fake_convert(Graph& graph, Node& node, Conversion&) {
  if (find_operation(node) == nullptr) return no_match();
  const auto weights = constant_path(node.input(0));
  if (!weights) return no_match();
  const auto* attribute = node.attribute("destination_type");
  const auto f8 = attribute != nullptr && *attribute == "f8e5m2" ? ElementType::f8e5m2 : ElementType::f8e4m3;
  auto scale = small_tensor(node.input(1));
  if (!scale) return refused("its scale is not a constant");
  auto shift = node.input_count() > 2 ? small_tensor(node.input(2)) : std::nullopt;
  if (node.input_count() > 2 && !shift) return refused("its shift is not a constant");
  auto result = convert_weights_to_f8(*weights, f8, *scale, shift);
  if (auto* reason = std::get_if<std::string>(&result)) return refused("{}", *reason);

  for (float& s : scale->values) s = 1 / s;
  if (shift) {
    for (float& s : shift->values) s = -s;
  }
  replace_with_dequantization(graph, node, f8, weights->shape, std::move(std::get<Blob>(result)),
                              {weights->real, std::move(*scale), std::move(shift)});
  return rewritten();
}

}  // namespace lpt
