#include "passes/fusing.hpp"

#include "ops/operation.hpp"
#include "passes/fake_quantizes.hpp"

namespace lpt {
namespace {

/// Every node from `last` up to the one that reads the FakeQuantize has no reader but the next one.
bool is_private(const Node& last, const Node& quantizer) {
  for (const Node* node = &last; node != &quantizer;) {
    node = &(node->input(0).node().constant() != nullptr ? node->input(1) : node->input(0)).node();
    if (node->output(0).use_count() != 1) return false;
  }
  return true;
}

bool same(const std::optional<SmallTensor>& a, const std::optional<SmallTensor>& b) {
  return a.has_value() == b.has_value() && (!a || (a->shape == b->shape && a->values == b->values));
}

}  // namespace

Outcome fuse_into_fake_quantize(Graph& graph, Node& last, Conversion& conversion) {
  if (operation_set(last) != "opset1") return no_match();
  const auto dq = Dequantization::producing(last.output(0), conversion.real_edges);
  if (!dq) return no_match();
  Node& quantizer = const_cast<Node&>(dq->stored.node());
  if (!quantizer.is("FakeQuantize") || &quantizer == &last || !is_private(last, quantizer)) return no_match();
  if (feeds_recurrent(last, conversion)) return no_match();
  const auto undecomposed = conversion.undecomposed.find({&graph, quantizer.id()});
  const auto zero_point = dq->on_real_edge ? std::nullopt : dq->zero_point;
  if (undecomposed != conversion.undecomposed.end() && same(dq->scale, undecomposed->second.dequantization.scale) &&
      same(dq->zero_point, undecomposed->second.dequantization.zero_point)) {
    graph.set_attribute(quantizer, "levels", undecomposed->second.levels);
    graph.set_input(quantizer, 3, undecomposed->second.output_low);
    graph.set_input(quantizer, 4, undecomposed->second.output_high);
  } else {
    for (const auto* parameter : {&dq->scale, &zero_point}) {
      if (!*parameter) continue;
      if (!fits_range(last, **parameter)) return refused("its range cannot follow the channels");
      if (is_unsafe_behind(quantizer.input(0), **parameter, conversion))
        return refused("its range would vary along channels that OpenVINO's kernel in front does not take");
    }
    auto found = ranges_of(quantizer);
    const auto* ranges = std::get_if<Ranges>(&found);
    if (ranges == nullptr) return no_match();
    set_range(graph, quantizer, Side::output, collapsed(dq->real_of(ranges->output_low)),
              collapsed(dq->real_of(ranges->output_high)));
  }
  const bool reads_integers = !is_real(quantizer.input(0).type());
  if (is_type_relaxed(quantizer)) {
    if (reads_integers) {
      relax_fake_quantize(graph, quantizer, dq->real);
    } else {
      unrelax_types(graph, quantizer, dq->real);
    }
  }
  conversion.real_edges.forget(quantizer.output(0));
  graph.replace(last.output(0), quantizer.output(0));
  return rewritten();
}

}  // namespace lpt
