// Folds the quantizing half of a spelled-out quantization, as ONNX's QuantizeLinear and DequantizeLinear bring it.
//
//     w -> FakeQuantize -> Convert(i8) -> Convert(f32) -> [Subtract(z) ->] Multiply(s)
//     =>            Const(i8) -> Convert(f32) -> [Subtract(z) ->] Multiply(s)
//
// Law     The FakeQuantize gives integers of the type, so that the first Convert changes no value. Where every stored
//         q has q - z in the type as well, q - z is stored and the Subtract goes.
// Guard   The steps of the FakeQuantize are one integer apart, nobody else reads what is in between.
// Source  OpenVINO CompressQuantizeWeights.
#include "passes/weights/weights.hpp"

namespace lpt {

Outcome fold_weights_quantize_dequantize(Graph& graph, Node& node, PassContext& context) {
  Node* to_integer = node.output(0).single_reader("Convert");
  if (to_integer == nullptr) return no_match();
  const auto type = to_integer->output(0).type();
  if (!is_integer(type) || (bits(type) != 8 && bits(type) != 4)) return no_match();
  auto found = constant_fake_quantize(node);
  if (!found) return refused(found.error());
  const auto& [weights, ranges, levels] = *found;

  Node* to_real = to_integer->output(0).single_reader("Convert");
  Node* subtract = to_real != nullptr ? to_real->output(0).single_reader("Subtract") : nullptr;
  auto zero_point = subtract != nullptr ? small_tensor(subtract->input(1)) : std::nullopt;
  auto result = store_weights(weights, ranges, levels, type, zero_point);
  if (!result) return refused(result.error());
  auto& [stored, zero_point_vanished] = *result;

  const std::string name(to_integer->name());
  Node& constant = insert_stored(graph, node, name, type, weights.shape, std::move(stored), context);
  graph.move_annotations(*to_integer, constant);
  graph.replace(to_integer->output(0), constant.output(0));
  graph.set_name(constant, name);
  if (zero_point_vanished) graph.replace(subtract->output(0), to_real->output(0));
  return rewritten();
}

}  // namespace lpt
