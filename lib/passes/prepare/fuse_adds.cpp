// Joins two Adds of constants.
//
//     (x + a) + b    =>    x + (a+b)
//
// Law     An identity.
// Guard   Nobody else reads what is in between. The new constant is finite. f32 alone: other types would be rounded
//         twice.
// Source  OpenVINO LinOpSequenceFusion.
#include <functional>

#include "passes/prepare/linear.hpp"

namespace lpt {

Outcome fuse_adds(Graph& graph, Node& add, PassContext& context) {
  const auto outer = linear_step(add, "Add", context);
  if (!outer || add.output(0).type() != ElementType::f32 || !outer->data.has_one_reader()) return no_match();
  const auto inner = linear_step(outer->data.node(), "Add", context);
  if (!inner || !broadcast(inner->constant.shape, outer->constant.shape)) return no_match();
  const auto both = combined(inner->constant, outer->constant, std::plus<>());
  if (!is_finite(both)) return no_match();
  if (grows(*inner, *outer, {both.values.size()}, context)) return no_match();
  replace_linear(graph, add, "Add", inner->data, both);
  return rewritten();
}

}  // namespace lpt
