#include "ops/operation.hpp"

namespace lpt {

void parameter_check(const Node& node, const LayerWarn&) {
  if (!node.has_data()) throw LayerError("has no data element; shape and element_type are wanted");
  expect_inputs(node, 0, 0);
}

std::vector<OutputSpec> parameter_infer(const Arguments& arguments) {
  const Node& node = arguments.node();
  const auto text = required_attribute(node, "shape");
  const auto shape = Shape::parse(text);
  if (!shape) throw LayerError("shape is \"{}\", should be a list such as \"1,3,?,2..5\", or \"...\"", text);
  if (shape->is_static() && !shape->element_count()) throw LayerError("shape [{}] has more than 2^63-1 elements", text);
  return {{element_type_attribute(node, "element_type"), *shape}};
}

}  // namespace lpt
