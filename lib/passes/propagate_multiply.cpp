// Lets Multiply take one of its inputs as integers, or joins its constant with the scale above it.
//
//     s1*(x1 - z1) * s2*x2    =>    (s1*s2)*(x1 - z1) * x2
//     s*(x - z) * c           =>    (s*c)*(x - z)
//
// Law     The formulas are identities; channel by channel.
// Guard   The input that is taken as it is has no zero point.
// Source  OpenVINO LPT, MultiplyPartialTransformation.
#include "ops/operation.hpp"
#include "passes/branches.hpp"
#include "passes/fake_quantizes.hpp"

namespace lpt {
namespace {

Outcome multiply_constant(Graph& graph, Node& multiply, const Dequantization& dq, const SmallTensor& constant) {
  if (!dq.scale && !dq.zero_point) return no_match();
  const Shape& out = multiply.output(0).shape();
  if (dq.stored.shape() != out || !broadcasts_to(constant.shape, out)) return refused("its constant enlarges the data");
  Dequantization whole = dq;
  whole.scale = product(dq.scale.value_or(scalar(1)), constant);
  replace_by_dequantization(graph, multiply, dq.stored, whole);
  return rewritten();
}

}  // namespace

Outcome propagate_multiply(Graph& graph, Node& multiply, Conversion& conversion) {
  if (find_operation(multiply) == nullptr || multiply.input_count() != 2 || multiply.output_count() != 1)
    return no_match();
  const Branch branches[] = {branch_of(multiply, 0, conversion), branch_of(multiply, 1, conversion)};
  for (const std::size_t port : {0, 1}) {
    const auto constant = constant_branch(multiply, 1 - port, conversion);
    const auto& dq = branches[port].dequantization;
    // Without a scale or zero point the Multiply itself is the dequantization.
    if (constant && dq && (dq->scale || (dq->zero_point && !dq->on_real_edge)))
      return dq->scale ? multiply_constant(graph, multiply, *dq, *constant) : no_match();
    if (constant) return no_match();
  }
  if (!branches[0].is_low_precision() && !branches[1].is_low_precision()) return no_match();
  if (!branches[0].dequantization || !branches[1].dequantization) return refused("one of its inputs is not quantized");
  if (auto reason = unusable_branches(multiply, branches[0], branches[1])) return refused("{}", *reason);
  const auto full_port = full_branch(branches[0], branches[1], conversion);
  const Branch &full = branches[full_port], &empty = branches[1 - full_port];
  const auto& zero_point = empty.dequantization->zero_point;
  if (!empty.is_low_precision()) return refused("the input to be taken as it is is not of integers");
  if (zero_point && !(is_uniform(*zero_point) && zero_point->values[0] == 0))
    return refused("the input to be taken as it is has a zero point");
  const bool has_integers = empty.data.type() != empty.dequantization->real;
  if (has_integers && !conversion.has_integer_edges())
    return refused("it reads integers, which the openvino dialect leaves to the runtime");
  if (!empty.dequantization->scale) return no_match();
  Dequantization kept = *full.dequantization;
  if (has_integers) kept.real = ElementType::f32;
  kept.scale = product(full.scale(), empty.scale());
  if (!broadcasts_to(kept.scale->shape, full.data.shape())) return refused("the scale of one input enlarges the other");
  if (is_unsafe_behind(full.data, *kept.scale, conversion))
    return refused("its scales would vary along channels that OpenVINO's kernel in front does not take");
  const std::string base(multiply.name());
  graph.set_input(multiply, full_port, insert_dequantization(graph, &multiply, base + "/input", full.data, kept));
  graph.set_input(multiply, 1 - full_port, empty.data);
  if (has_integers) relax_types(graph, multiply, std::vector{kept.real, kept.real}, multiply.output(0).type());
  return rewritten();
}

}  // namespace lpt
