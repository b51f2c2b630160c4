// Takes a dequantization that found nobody to pass into the output range of the FakeQuantize above it.
//
//     FakeQuantize(ol..oh) [-> Convert] [-> Subtract(z)] -> Multiply(s)    =>    FakeQuantize((ol - z)*s..(oh - z)*s)
//
// Law     The output of a FakeQuantize is an affine function of the number of its step.
// Guard   Nobody else reads what is in between. Parameters vary along axes 0 and 1 alone. A recurrent sequence reads
//         its integers through a dequantization.
// Source  OpenVINO LPT, FuseMultiplyToFakeQuantizeTransformation. A FakeQuantize that was decomposed for nothing gets
//         its old range back, bit for bit.
#include "passes/finish/fusing.hpp"

namespace lpt {

Outcome fuse_multiply_into_fake_quantize(Graph& graph, Node& multiply, PassContext& context) {
  return fuse_into_fake_quantize(graph, multiply, context);
}

}  // namespace lpt
