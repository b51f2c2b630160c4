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
#include "passes/weighted.hpp"

namespace lpt {

Outcome propagate_group_convolution_backprop_data(Graph& graph, Node& node, Conversion& conversion) {
  if (conversion.target.types(node, 0) == nullptr)
    return find_operation(node) == nullptr || !dequantization_before(node, 0, conversion)
               ? no_match()
               : refused("target {} has no integer kernel for it", conversion.target.name);
  return propagate_weighted(graph, node, conversion);
}

}  // namespace lpt
