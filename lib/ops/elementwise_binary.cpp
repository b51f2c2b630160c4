// Add, Subtract, Multiply, Divide, Maximum, Minimum.
#include "ops/operation.hpp"

namespace lpt {
namespace {

enum Broadcasting : std::size_t { none, numpy, pdpd, explicitly };

}  // namespace

void elementwise_binary_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 2, 2);
  enumeration_attribute(node, "auto_broadcast", {"none", "numpy", "pdpd", "explicit"}, numpy);
}

std::vector<OutputSpec> elementwise_binary_infer(const Node& node) {
  const Value a = node.input(0);
  const Value b = node.input(1);
  if (a.type() != b.type() && a.type() != ElementType::dynamic && b.type() != ElementType::dynamic) {
    throw LayerError("its inputs are {} and {}, should have one type", name(a.type()), name(b.type()));
  }
  const auto type = a.type() == ElementType::dynamic ? b.type() : a.type();
  const auto rule = enumeration_attribute(node, "auto_broadcast", {"none", "numpy", "pdpd", "explicit"}, numpy);
  if (rule == pdpd || rule == explicitly) return {{type, a.shape()}};
  const auto shape = broadcast(a.shape(), b.shape());
  if (!shape || (rule == none && !a.shape().compatible(b.shape()))) {
    throw LayerError("its inputs are [{}] and [{}], which do not broadcast", a.shape().to_string(),
                     b.shape().to_string());
  }
  return {{type, *shape}};
}

}  // namespace lpt
