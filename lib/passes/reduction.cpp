#include "passes/reduction.hpp"

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

Reduction reduction_of(const Node& node, const Conversion& conversion) {
  Reduction result{any_before(node, conversion), {}, {}};
  if (!result.before) return result;
  const auto give_up = [&](Outcome outcome) {
    result.before = {{}, std::move(outcome)};
    return result;
  };
  const Shape& data = node.input(0).shape();
  const auto given = constant_integers(node.input(1));
  if (!data.has_rank()) return give_up(refused("the rank of its input is not known"));
  if (!given) return give_up(refused("its axes are no constant"));
  result.axes = axes_of(*given, data.rank());
  result.below = *result.before;
  for (auto* parameter : {&result.below.scale, &result.below.zero_point}) {
    if (!*parameter) continue;
    **parameter = collapsed(**parameter);
    for (const auto axis : wide_axes(aligned(**parameter, data.rank()))) {
      if (std::find(result.axes.begin(), result.axes.end(), axis) != result.axes.end())
        return give_up(refused("its {} varies along axis {}, which is reduced",
                               parameter == &result.below.scale ? "scale" : "zero point", axis));
    }
    **parameter = without_axes(**parameter, result.axes, data.rank(), boolean_attribute(node, "keep_dims", false));
  }
  return result;
}

Outcome propagate_extremum(Graph& graph, Node& node, Conversion& conversion) {
  const auto reduction = reduction_of(node, conversion);
  if (!reduction.before) return reduction.before.outcome;
  const auto& dq = *reduction.before;
  if (dq.least_scale() < 0) return refused("scale {} is negative", dq.least_scale());
  return move_below(graph, node, dq, reduction.below, Gives::stored, conversion);
}

}  // namespace lpt
