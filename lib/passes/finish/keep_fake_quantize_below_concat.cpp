// Lets a range behind Concat and batch normalization begin just below 0, so that the runtime leaves the FakeQuantize
// there.
//
//     Concat -> Multiply -> Add -> ReLU -> FakeQuantize(0..h)    =>    ... -> ReLU -> FakeQuantize(-1e-30..h)
//
// Law     What a ReLU gives is never below 0, h + 1e-30 is h in f32, and no value changes its step.
// Guard   f32, static shapes, and the form that the runtime fact speaks of. Last of all, for who reads a range sees 0.
// Source  Measured with OpenVINO 2026.4.
#include <algorithm>

#include "driver/context.hpp"
#include "quant/activation_quantization.hpp"

namespace lpt {

Outcome keep_fake_quantize_below_concat(Graph& graph, Node& quantizer, PassContext& context) {
  if (!context.runtime.against_range_from_0(quantizer.input(0), context.kernels)) return no_match();
  const auto low = small_tensor(quantizer.input(1));
  const auto high = small_tensor(quantizer.input(2));
  constexpr float kLeastHigh = 1e-20F;
  if (!low || !high || quantizer.input(1).type() != ElementType::f32) return no_match();
  const auto is_0 = [](float end) { return end == 0; };
  const auto is_large = [](float end) { return end >= kLeastHigh; };
  if (!std::ranges::all_of(low->values, is_0) || !std::ranges::all_of(high->values, is_large)) return no_match();
  const auto below = mapped(*low, [](float) { return kJustBelowZero; });
  const std::string name = std::string(quantizer.name()) + "/input_low";
  graph.set_input(quantizer, 1, insert_parameter(graph, &quantizer, name, ElementType::f32, below).output(0));
  return rewritten();
}

}  // namespace lpt
