#include "ops/elementwise_unary.hpp"

namespace lpt {

void elementwise_unary_check(const Node& node, const LayerWarn&) { expect_inputs(node, 1, 1); }

std::vector<OutputSpec> elementwise_unary_infer(const Arguments& arguments) {
  return {{arguments.type(0), arguments.shape(0)}};
}

std::vector<OutputSpec> truth_infer(const Arguments& arguments) { return {{ElementType::boolean, arguments.shape(0)}}; }

}  // namespace lpt
