#include "passes/propagate/splitting.hpp"

#include "ops/operation.hpp"
#include "quant/through_operation.hpp"

namespace lpt {

Outcome propagate_splitting(Graph& graph, Node& split, PassContext& context) {
  const auto before = any_before(split, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  if (!split.input(0).shape().has_rank()) return refused(Cause::rank_unknown, "the rank of its input is not known");
  for (std::size_t i = 1; i < split.input_count(); ++i) {
    if (!constant_integers(split.input(i)))
      return refused(Cause::operand_not_constant, "its axis or lengths are no constants");
  }
  std::vector<Dequantization> parts(split.output_count(), dq);
  for (const auto member : Dequantization::kParameters) {
    const auto& parameter = dq.*member;
    if (!parameter) continue;
    const auto pieces = is_uniform(*parameter)
                            ? std::vector(parts.size(), collapsed(*parameter))
                            : through_operation(split, *parameter).value_or(std::vector<SmallTensor>{});
    if (pieces.size() != parts.size()) return refused(Cause::parameters_not_movable, "its parameters cannot be split");
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i].*member = collapsed(pieces[i]);
  }
  if (!dq.has_nothing_to_move()) graph.set_input(split, 0, dq.stored);
  // Each goes right behind the layer, so that the last comes first.
  for (std::size_t i = parts.size(); i-- > 0;) {
    graph.set_output(split, i, dq.stored.type(), split.output(i).shape());
    dequantize_output(graph, split, i, parts[i], context.float_edges);
  }
  if (dq.has_nothing_to_move()) return no_match();
  return rewritten();
}

}  // namespace lpt
