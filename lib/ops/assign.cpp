#include "ops/operation.hpp"

namespace lpt {

void assign_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 1, 1);
  required_attribute(node, "variable_id");
}

}  // namespace lpt
