// Lets GroupConvolutionBackpropData work on integers.
//
//     x:u8 -> Dequantize(a, z_a) -> GroupConvolutionBackpropData(w:i8 -> Dequantize(b, z))
//     =>  x:u8 [-> Subtract(z_a)] -> GroupConvolutionBackpropData(w:i8 [-> Subtract(z)]) -> Multiply(a * b)
//
// Law     The operation is linear in data and weights, as GroupConvolution is; output channels are axes 0 and 2 of the
//         weights.
// Guard   Only for a target that states types for it: no built-in one has integer kernels. OpenVINO has no such
// rewrite.
#include "ops/operation.hpp"
#include "passes/propagate/weighted.hpp"

namespace lpt {

Outcome propagate_group_convolution_backprop_data(Graph& graph, Node& node, PassContext& context) {
  if (context.goal.target.types(node, 0) == nullptr)
    return !dequantization_before(node, 0, context)
               ? no_match()
               : refused(Cause::no_kernel_on_target, "target {} has no integer kernel for it",
                         context.goal.target.name);
  return propagate_weighted(graph, node, context);
}

}  // namespace lpt
