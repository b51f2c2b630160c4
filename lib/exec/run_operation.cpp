#include <algorithm>
#include <cmath>

#include "exec/graph_runner.hpp"
#include "ir/number.hpp"
#include "ops/facts.hpp"
#include "tensor/convert.hpp"
#include "tensor/saturate.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {
namespace {

/// OpenVINO's CPU plugin computes in f32 what a model has in f16, and rounds nothing on the way. It does the same with
/// bf16 on machines that have no instructions for that.
ElementType computed_type(ElementType type) { return is_half(type) ? ElementType::f32 : type; }

/// Moves elements, and has no others to bring them together with: a large table stays as it lies in the file.
bool moves_elements(const Node& node, const std::vector<Tensor>& inputs) {
  static const std::set<std::string_view> kCompare{"Interpolate", "MaxPool", "ReLU", "ReduceMax", "ReduceMin"};
  return preserves_type(node) && !kCompare.contains(node.type()) &&
         std::ranges::all_of(
             inputs, [&](const Tensor& input) { return !is_real(input.type()) || input.type() == inputs[0].type(); });
}

/// The list of types in an attribute; `dynamic` for an empty item, and where the list is too short.
std::vector<ElementType> type_list(const Node& node, std::string_view attribute, std::size_t count) {
  std::vector<ElementType> types;
  if (const auto* text = node.attribute(attribute)) {
    for_each_item(*text, [&](std::string_view item) {
      const auto type = element_type(item);
      if (!type && !item.empty()) throw LayerError("{} is \"{}\", should be a list of element types", attribute, *text);
      types.push_back(computed_type(type.value_or(ElementType::dynamic)));
    });
  }
  types.resize(std::max(types.size(), count), ElementType::dynamic);
  return types;
}

/// Real values in an integer type: rounded half to even, and the nearest value where they do not fit.
Tensor requantized(const Tensor& tensor, ElementType type) {
  if (!is_real(tensor.type()) || !is_integer(type)) return convert(tensor, type);
  const Tensor real = convert(tensor, ElementType::f64);
  Tensor out(type, tensor.lengths());
  visit_integer(type, [&]<class T>(std::type_identity<T>) {
    for (std::int64_t i = 0; i < real.count(); ++i)
      out.data<T>()[i] = saturate<T>(std::nearbyint(real.data<double>()[i]));
  });
  return out;
}

/// What the rules of an operation are to believe of its inputs.
std::vector<ElementType> believed_types(const Node& node, const std::vector<Tensor>& inputs) {
  auto believed = type_list(node, "input_data_types", inputs.size());
  const auto wanted = type_list(node, "output_data_types", 1)[0];
  const bool moved = moves_elements(node, inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (believed[i] != ElementType::dynamic) continue;
    // A real result of small integers is computed in real numbers: in integers it would wrap around.
    const bool widened = is_real(wanted) && is_integer(inputs[i].type()) && bits(inputs[i].type()) == 8;
    believed[i] = widened ? wanted : moved ? inputs[i].type() : computed_type(inputs[i].type());
  }
  return believed;
}

std::vector<Tensor> run_relaxed(const Node& node, const Operation& operation, std::vector<Tensor> inputs,
                                const RunWatch& watch) {
  auto specs = output_specs(node, operation, inputs);
  const auto wanted = type_list(node, "output_data_types", specs.size());
  if (sums_products(node)) {
    // Products of integers stay integers until their sum is complete.
    if (wanted[0] != ElementType::dynamic) specs[0].type = wanted[0];
  } else {
    const auto believed = believed_types(node, inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i] = convert(inputs[i], believed[i]);
  }
  Evaluation run(node, std::move(inputs), std::move(specs), watch);
  operation.evaluate(run);
  auto outputs = run.take_outputs();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (wanted[i] != ElementType::dynamic) outputs[i] = requantized(outputs[i], wanted[i]);
  }
  return outputs;
}

}  // namespace

const Operation* find_operation_to_run(const Node& node) { return find_operation(node.type(), operation_set(node)); }

std::vector<OutputSpec> output_specs(const Node& node, const Operation& operation, const std::vector<Tensor>& inputs) {
  auto specs = operation.infer(Arguments(node, inputs, believed_types(node, inputs)));
  if (!moves_elements(node, inputs)) {
    for (auto& spec : specs) spec.type = computed_type(spec.type);
  }
  return specs;
}

std::vector<Tensor> run_operation(const Node& node, const Operation& operation, std::vector<Tensor> inputs,
                                  const RunWatch& watch) {
  if (!moves_elements(node, inputs)) {
    for (auto& input : inputs) input = convert(input, computed_type(input.type()));
  }
  if (is_type_relaxed(node)) return run_relaxed(node, operation, std::move(inputs), watch);
  auto specs = output_specs(node, operation, inputs);
  Evaluation run(node, std::move(inputs), std::move(specs), watch);
  operation.evaluate(run);
  return run.take_outputs();
}

}  // namespace lpt
