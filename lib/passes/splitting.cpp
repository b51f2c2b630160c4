#include "passes/splitting.hpp"

#include "ops/operation.hpp"
#include "quant/through_operation.hpp"

namespace lpt {

Outcome propagate_splitting(Graph& graph, Node& split, Conversion& conversion) {
  const auto before = any_before(split, conversion);
  if (!before) return before.outcome;
  const auto& dq = *before;
  if (!split.input(0).shape().has_rank()) return refused("the rank of its input is not known");
  for (std::size_t i = 1; i < split.input_count(); ++i) {
    if (!constant_integers(split.input(i))) return refused("its axis or lengths are no constants");
  }
  std::vector<Dequantization> parts(split.output_count(), dq);
  for (auto member : {&Dequantization::scale, &Dequantization::zero_point}) {
    const auto& parameter = dq.*member;
    if (!parameter) continue;
    const auto pieces = is_uniform(*parameter)
                            ? std::vector(parts.size(), collapsed(*parameter))
                            : through_operation(split, *parameter).value_or(std::vector<SmallTensor>{});
    if (pieces.size() != parts.size()) return refused("its parameters cannot be split");
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i].*member = collapsed(pieces[i]);
  }
  const bool nothing_to_move = dq.on_real_edge && !dq.scale;
  if (!nothing_to_move) graph.set_input(split, 0, dq.stored);
  // Each goes right behind the layer, so that the last comes first.
  for (std::size_t i = parts.size(); i-- > 0;) {
    graph.set_output(split, i, dq.stored.type(), split.output(i).shape());
    dequantize_output(graph, split, i, parts[i], conversion.real_edges);
  }
  return nothing_to_move ? no_match() : rewritten();
}

}  // namespace lpt
