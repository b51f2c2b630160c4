#include "quant/through_operation.hpp"

#include <algorithm>

#include "ops/operation.hpp"
#include "quant/constant_tensor.hpp"
#include "tensor/convert.hpp"

namespace lpt {
namespace {

constexpr std::uint64_t kMostElements = 1 << 22;

Tensor filled(const SmallTensor& values) {
  Tensor tensor(ElementType::f32, lengths_of(values.shape));
  std::copy(values.values.begin(), values.values.end(), tensor.data<float>());
  return tensor;
}

/// The shape with a length for every dimension that has none.
std::optional<Shape> with_lengths(const Shape& shape, std::int64_t unknown) {
  std::vector<Dimension> dimensions;
  for (const auto d : shape.dimensions()) dimensions.push_back(d.is_static() ? d : Dimension::exactly(unknown));
  Shape result(std::move(dimensions));
  const auto count = result.element_count();
  return count && *count != 0 && *count <= kMostElements ? std::optional(result) : std::nullopt;
}

SmallTensor without_repetition(const Tensor& tensor) {
  SmallTensor result{shape_of(tensor.lengths()), {tensor.data<float>(), tensor.data<float>() + tensor.count()}};
  for (const auto axis : wide_axes(result)) {
    const auto first = gathered(result, axis, std::vector<std::size_t>{0});
    if (first.broadcast_to(result.shape).values == result.values) result = first;
  }
  return result;
}

}  // namespace

std::optional<std::vector<SmallTensor>> through_operation(const Node& node, const SmallTensor& parameter) {
  const auto* operation = find_operation(node);
  const Shape& data = node.input(0).shape();
  if (operation == nullptr || operation->evaluate == nullptr || !data.has_rank()) return std::nullopt;
  std::vector<Tensor> inputs(1);
  for (std::size_t i = 1; i < node.input_count(); ++i) {
    auto tensor = constant_tensor(node.input(i), kMostElements);
    if (!tensor) return std::nullopt;
    inputs.push_back(std::move(*tensor));
  }
  if (node.is("Pad") && inputs.size() > 3) inputs[3] = convert(inputs[3], ElementType::f32);
  // A length that is not known may be any; not every number divides as a Reshape wants it.
  for (const std::int64_t unknown : {2, 60}) {
    const auto shape = with_lengths(data, unknown);
    if (!shape || !broadcasts_to(parameter.shape, *shape)) return std::nullopt;
    inputs[0] = filled(parameter.broadcast_to(*shape));
    try {
      auto specs = operation->infer(Arguments(node, inputs));
      Evaluation run(node, inputs, std::move(specs));
      operation->evaluate(run);
      std::vector<SmallTensor> results;
      for (const auto& output : run.take_outputs()) results.push_back(without_repetition(output));
      return results;
    } catch (const LayerError&) {
      if (data.is_static()) return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace lpt
