// Lets Multiply take one of its inputs as integers, or joins its constant with the scale above it.
//
//     s1*(x1 - z1) * s2*x2    =>    (s1*s2)*(x1 - z1) * x2
//     s*(x - z) * c           =>    (s*c)*(x - z)
//
// Law     The formulas are identities; channel by channel.
// Guard   The input that is taken as it is has no zero point.
// Source  OpenVINO LPT, MultiplyPartialTransformation.
#include "passes/propagate/branches.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

Outcome multiply_constant(Graph& graph, Node& multiply, const Dequantization& dq, const SmallTensor& constant) {
  const Shape& out = multiply.output(0).shape();
  if (dq.stored.shape() != out || !broadcasts_to(constant.shape, out))
    return refused(Cause::parameters_enlarge_data, "its constant enlarges the data");
  Dequantization whole = dq;
  whole.scale = product(*dq.scale, constant);
  if (!is_finite(*whole.scale)) return refused(Cause::scales_too_far_apart, "its scale would not be finite");
  replace_with_dequantization(graph, multiply, dq.stored, whole);
  return rewritten();
}

}  // namespace

Outcome propagate_multiply(Graph& graph, Node& multiply, PassContext& context) {
  if (multiply.input_count() != 2 || multiply.output_count() != 1) return no_match();
  const Branch branches[] = {branch_of(multiply, 0, context), branch_of(multiply, 1, context)};
  for (const std::size_t port : {0, 1}) {
    const auto constant = constant_branch(multiply, 1 - port, context);
    const auto& dq = branches[port].dequantization;
    // Without a scale or zero point the Multiply itself is the dequantization.
    if (constant && dq && (dq->scale || dq->zero_point))
      return dq->scale ? multiply_constant(graph, multiply, *dq, *constant) : no_match();
    if (constant) return no_match();
  }
  if (!branches[0].is_low_precision() && !branches[1].is_low_precision()) return no_match();
  if (!branches[0].dequantization || !branches[1].dequantization)
    return refused(Cause::input_not_quantized, "one of its inputs is not quantized");
  if (auto fits = check_branches(multiply, branches[0], branches[1]); !fits) return refused(fits.error());
  const auto real_port = real_branch(branches[0], branches[1], context);
  const Branch &real = branches[real_port], &integers = branches[1 - real_port];
  const auto& taken = *integers.dequantization;
  if (const auto& z = taken.any_zero_point(); z && !(is_uniform(*z) && z->values[0] == 0))
    return refused(Cause::zero_point_not_supported, "the input to be taken as it is has a zero point");
  if (auto fits = check_integer_edge(taken, context); !fits) return refused(fits.error());
  if (!taken.scale) return no_match();
  Dequantization kept = *real.dequantization;
  if (taken.has_integer_edge()) kept.real = ElementType::f32;
  kept.scale = product(real.scale(), integers.scale());
  if (!is_finite(*kept.scale)) return refused(Cause::scales_too_far_apart, "its scale would not be finite");
  if (!broadcasts_to(kept.scale->shape, real.data.shape()))
    return refused(Cause::parameters_enlarge_data, "the scale of one input enlarges the other");
  if (const auto* fact = context.runtime.against_channels_behind(real.data, *kept.scale))
    return refused(refusal(*fact));
  const std::string base(multiply.name());
  graph.set_input(multiply, real_port, insert_dequantization(graph, &multiply, base + "/input", real.data, kept));
  graph.set_input(multiply, 1 - real_port, integers.data);
  if (taken.has_integer_edge())
    relax_types(graph, multiply, std::vector{kept.real, kept.real}, multiply.output(0).type());
  return rewritten();
}

}  // namespace lpt
