#pragma once

#include "driver/context.hpp"
#include "refusal/refusal.hpp"

namespace lpt {

/// Takes Convert, Subtract and Multiply that end in `last` into the output range of the FakeQuantize above them.
Outcome fuse_into_fake_quantize(Graph& graph, Node& last, PassContext& context);

}  // namespace lpt
