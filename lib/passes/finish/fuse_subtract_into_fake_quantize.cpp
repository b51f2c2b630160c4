// Takes a Subtract into the output range of the FakeQuantize above it.
//
//     FakeQuantize(ol..oh) [-> Convert] -> Subtract(z)    =>    FakeQuantize(ol - z..oh - z)
//
// Law     The output of a FakeQuantize is an affine function of the number of its step.
// Guard   Nobody else reads what is in between. z varies along axes 0 and 1 alone. What an integer operation reads
//         stays integer.
// Source  OpenVINO LPT, FuseSubtractToFakeQuantizeTransformation.
#include "ops/operation.hpp"
#include "passes/finish/fusing.hpp"

namespace lpt {

Outcome fuse_subtract_into_fake_quantize(Graph& graph, Node& subtract, PassContext& context) {
  for (const Input& use : subtract.output(0).readers()) {
    if (is_type_relaxed(*use.node) || use.node->is("Multiply")) return no_match();
  }
  return fuse_into_fake_quantize(graph, subtract, context);
}

}  // namespace lpt
