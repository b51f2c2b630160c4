// Puts a FakeQuantize that changes nothing over stored weights where the runtime would otherwise mistake them.
//
//     Const(i8) -> Convert -> Multiply(s)
//     =>  Const(i8) -> Convert -> FakeQuantize(-128..127) -> Multiply(s)
//
//     Const(i8) -> Convert -> Subtract(z) -> Multiply(s)
//     =>  Const(i8) -> Convert -> FakeQuantize(-128..127 -> (-128 - z)*s..(127 - z)*s)
//
// For OpenVINO these are quantized weights, as they were before they were folded: it neither quantizes the activations
// of a MatMul on the fly nor rounds zero points, and it starts its low precision passes, which it does for no model
// without a FakeQuantize. A kernel for integers still gets them.
//
// Law     A FakeQuantize whose steps are the integers of the type gives each of them back, or what they mean.
// Guard   Weights that this conversion has stored, for a layer that a runtime fact speaks of; and the first that
// integer
//         kernels read, in a model that would have no FakeQuantize.
// Source  Measured with OpenVINO 2026.4.
#include "driver/context.hpp"
#include "ops/facts.hpp"
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
  while (!last.node().is("Convert") && last != stored) {
    const bool constant_first = last.node().input(0).node().constant() != nullptr;
    last = last.node().input(constant_first ? 1 : 0);
  }
  return last;
}

/// A FakeQuantize of stored values, in the place of the last layer of their dequantization.
///
/// means  the ends of its output range, from those of the type
template <class Means>
Node& insert_guard(Graph& graph, Node& last, Value data, ElementType stored, const Means& means) {
  const std::string name = std::string(last.name()) + "/guard";
  const auto levels = bits(stored) == 4 ? 16 : 256;
  const float low = is_signed_integer(stored) ? static_cast<float>(-levels / 2) : 0;
  NodeSpec spec;
  spec.type = "FakeQuantize";
  spec.name = name;
  spec.attributes = {{"levels", std::to_string(levels)}, {"auto_broadcast", "numpy"}};
  spec.inputs = {data};
  SmallTensor ends[] = {scalar(low), scalar(low + static_cast<float>(levels - 1)), means(scalar(low)),
                        means(scalar(low + static_cast<float>(levels - 1)))};
  constexpr std::string_view kNames[] = {"/input_low", "/input_high", "/output_low", "/output_high"};
  for (std::size_t i = 0; i < std::size(ends); ++i)
    spec.inputs.push_back(
        insert_parameter(graph, &last, name + std::string(kNames[i]), data.type(), collapsed(ends[i])).output(0));
  spec.outputs = {{data.type(), data.shape()}};
  return graph.insert_before(&last, std::move(spec));
}

}  // namespace

Outcome guard_stored_weights(Graph& graph, Node& multiply, PassContext& context) {
  if (!context.runtime.asked()) return no_match();
  const auto dq = Dequantization::producing(multiply.output(0), context.float_edges);
  if (!dq || !dq->scale || !is_integer(dq->type) || bits(dq->type) > 8 ||
      !context.stored_here.contains(dq->stored.node()))
    return no_match();
  std::vector<const Node*> layers;
  collect_layers(multiply.output(0), layers);
  bool wanted = !context.kernels.start() && context.kernels.any();
  for (const Node* layer : layers) {
    const auto* fact = context.runtime.against_folded_weights(*layer, *dq, context.kernels);
    wanted |= fact != nullptr;
    if (fact != nullptr && layer->is("MatMul") && !dq->zero_point)
      context.warnings.push_back(
          {LayerLabel(*layer), fmt::format("its weights stay under a FakeQuantize, of integers: {}", fact->sentence)});
  }
  if (!wanted) return no_match();
  context.kernels.set_start();
  const Value data = converted(multiply.output(0), dq->stored);
  if (dq->zero_point) {
    Node& guard =
        insert_guard(graph, multiply, data, dq->type, [&](SmallTensor end) { return dq->real_of(std::move(end)); });
    const std::string name(multiply.name());
    graph.move_annotations(multiply, guard);
    graph.replace(multiply.output(0), guard.output(0));
    graph.set_name(guard, name);
  } else {
    Node& guard = insert_guard(graph, multiply, data, dq->type, [](SmallTensor end) { return end; });
    replace_with_dequantization(graph, multiply, guard.output(0), *dq, kWeightsNames);
  }
  return rewritten();
}

}  // namespace lpt
