#include "ops/elementwise_binary.hpp"

namespace lpt {
Broadcasting broadcasting(const Node& node) {
  return static_cast<Broadcasting>(enumeration_attribute(node, "auto_broadcast", {"none", "numpy", "pdpd", "explicit"},
                                                         static_cast<std::size_t>(Broadcasting::numpy)));
}

Lengths aligned_lengths(const Evaluation& run, std::size_t index) {
  auto lengths = run.input(index).lengths();
  if (index == 0 || broadcasting(run.node()) != Broadcasting::pdpd) return lengths;
  const auto rank = run.input(0).rank();
  const auto axis = integer_attribute(run.node(), "axis", -1);
  while (!lengths.empty() && lengths.back() == 1) lengths.pop_back();
  const auto first = axis == -1 ? rank - lengths.size() : axis_of(axis, rank);
  if (first + lengths.size() > rank) throw LayerError("axis is {}, its inputs do not broadcast from there", axis);
  lengths.resize(rank - first, 1);
  if (broadcast_lengths(run.input(0).lengths(), lengths) != run.input(0).lengths()) {
    throw LayerError("its inputs are [{}] and [{}], which do not broadcast from axis {}",
                     to_string(run.input(0).lengths()), to_string(run.input(index).lengths()), axis);
  }
  return lengths;
}

void elementwise_binary_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 2, 2);
  broadcasting(node);
}

std::vector<OutputSpec> elementwise_binary_infer(const Arguments& arguments) {
  const auto a = arguments.type(0);
  const auto b = arguments.type(1);
  if (a != b && a != ElementType::dynamic && b != ElementType::dynamic) {
    throw LayerError("its inputs are {} and {}, should have one type", name(a), name(b));
  }
  const auto type = a == ElementType::dynamic ? b : a;
  const auto rule = broadcasting(arguments.node());
  if (rule == Broadcasting::pdpd || rule == Broadcasting::explicitly) return {{type, arguments.shape(0)}};
  const auto shape = broadcast(arguments.shape(0), arguments.shape(1));
  if (!shape || (rule == Broadcasting::none && !arguments.shape(0).compatible(arguments.shape(1)))) {
    throw LayerError("its inputs are [{}] and [{}], which do not broadcast", arguments.shape(0).to_string(),
                     arguments.shape(1).to_string());
  }
  return {{type, *shape}};
}

std::vector<OutputSpec> comparison_infer(const Arguments& arguments) {
  auto outputs = elementwise_binary_infer(arguments);
  outputs[0].type = ElementType::boolean;
  return outputs;
}

}  // namespace lpt
