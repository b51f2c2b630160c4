#include "ops/operation.hpp"

namespace lpt {

void fake_convert_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 2, 3);
  const auto* type = node.attribute("destination_type");
  if (type != nullptr && *type != "f8e4m3" && *type != "f8e5m2") {
    throw LayerError("destination_type is \"{}\", should be f8e4m3 or f8e5m2", *type);
  }
}

std::vector<OutputSpec> fake_convert_infer(const Node& node) { return {{node.input(0).type(), node.input(0).shape()}}; }

}  // namespace lpt
