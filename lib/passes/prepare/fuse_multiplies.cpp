// Joins what follows a Multiply or an Add by a constant with it, where a Multiply by a constant follows.
//
//     (x * a) * b    =>    x * (a*b)
//     (x + a) * b    =>    x * b + a*b
//
// Law     Both are identities.
// Guard   Nobody else reads what is in between. The new constant is finite. f32 alone: other types would be rounded
//         twice.
// Source  OpenVINO LinOpSequenceFusion.
#include "passes/prepare/linear.hpp"

namespace lpt {

Outcome fuse_multiplies(Graph& graph, Node& multiply, PassContext& context) {
  const auto outer = linear_step(multiply, "Multiply", context);
  if (!outer || multiply.output(0).type() != ElementType::f32 || !outer->data.has_one_reader()) return no_match();
  const Node& above = outer->data.node();
  const bool adds = above.is("Add");
  const auto inner = linear_step(above, adds ? "Add" : "Multiply", context);
  if (!inner || !broadcast(inner->constant.shape, outer->constant.shape)) return no_match();
  const auto both = product(inner->constant, outer->constant);
  if (!is_finite(both)) return no_match();
  const std::size_t factors = adds ? outer->constant.values.size() : 0;
  if (grows(*inner, *outer, {both.values.size(), factors}, context)) return no_match();
  if (!adds) {
    replace_linear(graph, multiply, "Multiply", inner->data, both);
    return rewritten();
  }
  const std::string name(above.name());
  const Value factor =
      insert_parameter(graph, &multiply, name + "/factor", ElementType::f32, outer->constant).output(0);
  const Value scaled =
      insert_elementwise(graph, &multiply, "Multiply", name, inner->data, factor, ElementType::f32).output(0);
  replace_linear(graph, multiply, "Add", scaled, both);
  // Above the Add there may be another Multiply. The one made here is no longer on the list of layers to look at.
  graph.remove_orphans();
  fuse_multiplies(graph, scaled.node(), context);
  return rewritten();
}

}  // namespace lpt
