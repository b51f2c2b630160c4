#include "ops/operation.hpp"

namespace lpt {

void convert_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 1, 1);
  element_type_attribute(node, "destination_type");
}

std::vector<OutputSpec> convert_infer(const Node& node) {
  return {{element_type_attribute(node, "destination_type"), node.input(0).shape()}};
}

}  // namespace lpt
