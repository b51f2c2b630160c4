#include "ops/operation.hpp"

namespace lpt {

void result_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 1, 1);
  if (node.output_count() > 1) throw LayerError("has {} outputs, a Result has none", node.output_count());
}

/// A Result is written without an output; one is tolerated and repeats the input.
std::vector<OutputSpec> result_infer(const Arguments& arguments) {
  if (arguments.node().output_count() == 0) return {};
  return {{arguments.type(0), arguments.shape(0)}};
}

}  // namespace lpt
