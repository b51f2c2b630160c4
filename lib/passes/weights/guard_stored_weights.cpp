// Puts a FakeQuantize that changes nothing over stored weights where the runtime would otherwise mistake them, and
// states the parameters of a group for each of its outputs.
//
//     Const(i8) -> Convert -> Multiply(s)
//     =>  Const(i8) -> Convert -> FakeQuantize(-128..127) -> Multiply(s)
//
//     Const(i8) -> Convert -> Subtract(z) -> Multiply(s)
//     =>  Const(i8) -> Convert -> FakeQuantize(-128..127 -> (-128 - z)*s..(127 - z)*s)
//
//     Const(i8)[G,O,..] -> Convert -> Multiply(s[G,1,..])    =>    Const(i8)[G,O,..] -> Convert -> Multiply(s[G,O,..])
//
// For OpenVINO the first two are quantized weights, as they were before they were folded: it neither quantizes the
// activations of a MatMul on the fly nor rounds zero points, and it starts its low precision passes, which it does for
// no model without a FakeQuantize. A kernel for integers still gets them. The third one it does not compile.
//
// Law     A FakeQuantize whose steps are the integers of the type gives each of them back, or what they mean.
// Guard   Weights that this conversion has stored, for a layer that a runtime fact speaks of; and the first of them in a
//         model with integer kernels that would have no FakeQuantize.
// Source  Measured with OpenVINO 2026.4.
#include <algorithm>
#include <functional>

#include "driver/context.hpp"
#include "ops/facts.hpp"
#include "quant/weights_quantization.hpp"
#include "refusal/refusal.hpp"

namespace lpt {
namespace {

/// The layers that compute with weights, also behind a few that only move them.
void collect_layers(Value weights, std::vector<const Node*>& layers, int moves = 0) {
  constexpr int kMostMoves = 4;
  for (const Input& use : weights.readers()) {
    const Node& reader = *use.node;
    if (is_heavy(reader)) layers.push_back(&reader);
    if (use.index == 0 && moves < kMostMoves &&
        (reader.is("Reshape") || reader.is("Transpose") || reader.is("Convert")))
      collect_layers(reader.output(0), layers, moves + 1);
  }
}

/// The Convert of a dequantization that ends in `last`, or what else stands in its place.
Value converted(Value last, Value stored) {
  while (!last.node().is("Convert") && last != stored) last = last.node().input(data_port(last.node()));
  return last;
}

/// States what holds for a group of weights for each of its outputs.
void repeat_in_groups(Dequantization& weights) {
  const Shape& stored = weights.stored.shape();
  std::vector<Dimension> lengths(stored.rank(), Dimension::exactly(1));
  lengths[0] = stored[0];
  lengths[1] = stored[1];
  for (const auto member : Dequantization::kParameters) {
    auto& parameter = weights.*member;
    if (parameter && !is_uniform(*parameter)) parameter = parameter->broadcast_to(Shape(lengths));
  }
}

/// A FakeQuantize of stored values, in the place of the last layer of their dequantization.
///
/// means  what it gives for the ends of the type
Value insert_guard(Graph& graph, Node& last, Value data, ElementType stored,
                   const std::function<SmallTensor(SmallTensor)>& means) {
  const std::string name = std::string(last.name()) + "/guard";
  const auto range = integer_range(stored);
  const SmallTensor low = scalar(static_cast<float>(range.low)), high = scalar(static_cast<float>(range.high));
  NodeSpec spec;
  spec.type = "FakeQuantize";
  spec.name = name;
  spec.attributes = {{"levels", std::to_string(1U << bits(stored))}, {"auto_broadcast", "numpy"}};
  spec.inputs = {data};
  const SmallTensor ends[] = {low, high, collapsed(means(low)), collapsed(means(high))};
  for (std::size_t i = 0; i < std::size(ends); ++i)
    spec.inputs.push_back(
        insert_parameter(graph, &last, fmt::format("{}/{}", name, RangeEnds::kNames[i]), data.type(), ends[i])
            .output(0));
  spec.outputs = {{data.type(), data.shape()}};
  return graph.insert_before(&last, std::move(spec)).output(0);
}

}  // namespace

Outcome guard_stored_weights(Graph& graph, Node& multiply, PassContext& context) {
  if (!context.runtime.asked()) return no_match();
  auto dq = Dequantization::producing(multiply.output(0), context.float_edges);
  if (!dq || !dq->scale || !is_integer(dq->type) || bits(dq->type) > 8 ||
      !context.stored_here.contains(dq->stored.node()))
    return no_match();
  std::vector<const Node*> layers;
  collect_layers(multiply.output(0), layers);
  const bool repeats = std::ranges::any_of(
      layers, [&](const Node* layer) { return context.runtime.against_parameters_of_groups(*layer, *dq); });
  if (repeats) repeat_in_groups(*dq);
  bool wanted = !context.kernels.start() && context.kernels.any();
  for (const Node* layer : layers) {
    const auto* fact = context.runtime.against_folded_weights(*layer, *dq, context.kernels);
    wanted |= fact != nullptr;
    if (fact != nullptr && layer->is("MatMul") && !dq->zero_point)
      context.warnings.push_back(
          {LayerLabel(*layer), fmt::format("its weights stay under a FakeQuantize, of integers: {}", fact->sentence)});
  }
  if (!wanted && !repeats) return no_match();
  Value data = converted(multiply.output(0), dq->stored);
  Dequantization rest = *dq;
  if (wanted) {
    context.kernels.set_start();
    if (dq->zero_point) {
      rest.scale.reset();
      rest.drop_zero_points();
    }
    const auto means = [&](SmallTensor end) { return dq->zero_point ? dq->real_of(std::move(end)) : end; };
    data = insert_guard(graph, multiply, data, dq->type, means);
  }
  replace_with_dequantization(graph, multiply, data, rest, kWeightsNames);
  return rewritten();
}

}  // namespace lpt
