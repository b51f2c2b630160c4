#include "passes/propagate/reduction.hpp"

#include <algorithm>

#include "ops/operation.hpp"

namespace lpt {
namespace {

SmallTensor without_axes(const SmallTensor& parameter, const std::vector<std::size_t>& axes, std::size_t rank,
                         bool keeps) {
  if (parameter.values.size() == 1) return collapsed(parameter);
  auto own = aligned(parameter, rank);
  if (keeps) return own;
  std::vector<Dimension> kept;
  for (std::size_t i = 0; i < rank; ++i) {
    if (std::find(axes.begin(), axes.end(), i) == axes.end()) kept.push_back(own.shape[i]);
  }
  own.shape = Shape(std::move(kept));
  return own;
}

}  // namespace

Expected<Reduction> reduction_of(const Node& node, const PassContext& context) {
  auto before = any_before(node, context);
  if (!before) return refused(before.error());
  const Shape& data = node.input(0).shape();
  const auto given = constant_integers(node.input(1));
  if (!data.has_rank()) return refused(Cause::rank_unknown, "the rank of its input is not known");
  if (!given) return refused(Cause::operand_not_constant, "its axes are no constant");
  Reduction result{*before, *before, axes_of(*given, data.rank())};
  const auto is_reduced = [&](std::size_t axis) {
    return std::find(result.axes.begin(), result.axes.end(), axis) != result.axes.end();
  };
  for (const auto member : Dequantization::kParameters) {
    auto& parameter = result.below.*member;
    if (!parameter) continue;
    *parameter = collapsed(*parameter);
    for (const auto axis : wide_axes(aligned(*parameter, data.rank()))) {
      if (is_reduced(axis))
        return refused(Cause::parameters_vary_along_axis, "its {} varies along axis {}, which is reduced",
                       Dequantization::name_of(member), axis);
    }
    *parameter = without_axes(*parameter, result.axes, data.rank(), boolean_attribute(node, "keep_dims", false));
  }
  return result;
}

Outcome propagate_extremum(Graph& graph, Node& node, PassContext& context) {
  const auto reduction = reduction_of(node, context);
  if (!reduction) return refused(reduction.error());
  const auto& dq = reduction->above;
  if (dq.least_scale() < 0) return refused(Cause::scale_negative, "scale {} is negative", dq.least_scale());
  return move_below(graph, node, dq, reduction->below, Gives::keeps_integers, context);
}

}  // namespace lpt
