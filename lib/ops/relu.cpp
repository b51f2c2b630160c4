#include "ops/operation.hpp"

namespace lpt {

void relu_check(const Node& node, const LayerWarn&) { expect_inputs(node, 1, 1); }

std::vector<OutputSpec> relu_infer(const Node& node) { return {{node.input(0).type(), node.input(0).shape()}}; }

}  // namespace lpt
