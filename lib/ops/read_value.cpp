#include "ops/operation.hpp"

namespace lpt {

void read_value_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 0, 1);
  required_attribute(node, "variable_id");
  if (node.attribute("variable_type") != nullptr) element_type_attribute(node, "variable_type");
}

}  // namespace lpt
