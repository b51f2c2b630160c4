// Lets a kernel for integers do the work of a dequantization that is left in front of real operations.
//
//     x:u8 -> Dequantize(s, z) per channel    =>    x:u8 -> GroupConvolution(i8 ones) [-> Add(-z)] -> Multiply(s)
//
// Law     A depthwise convolution with ones is the identity: s*(1*x - z).
// Guard   For a target that says so, in a dialect with mixed types. Images of known channels; parameters along them.
// Source  OpenVINO LPT, MultiplyToGroupConvolutionTransformation, which its plugin for x86-64 does not run.
#include <fmt/format.h>

#include <algorithm>

#include "ops/operation.hpp"
#include "driver/context.hpp"

namespace lpt {
namespace {

std::string repeated(int value, std::size_t count) {
  return fmt::format("{}", fmt::join(std::vector<int>(count, value), ", "));
}

Node& insert_identity(Graph& graph, Node& position, const std::string& name, Value data, ElementType weights) {
  const Shape& shape = data.shape();
  const auto channels = static_cast<std::size_t>(shape[1].min), spatial = shape.rank() - 2;
  std::vector<Dimension> kernel(shape.rank() + 1, Dimension::exactly(1));
  kernel[0] = shape[1];
  const SmallTensor ones{Shape(std::move(kernel)), std::vector<float>(channels, 1)};
  NodeSpec spec;
  spec.type = "GroupConvolution";
  spec.name = name;
  spec.attributes = {{"strides", repeated(1, spatial)},
                     {"pads_begin", repeated(0, spatial)},
                     {"pads_end", repeated(0, spatial)},
                     {"dilations", repeated(1, spatial)},
                     {"auto_pad", "explicit"}};
  spec.inputs = {data, insert_parameter(graph, &position, name + "/ones", weights, ones).output(0)};
  spec.outputs = {{ElementType::f32, shape}};
  Node& node = graph.insert_before(&position, std::move(spec));
  relax_types(graph, node, std::vector{ElementType::f32, ElementType::f32}, ElementType::f32);
  return node;
}

}  // namespace

Outcome replace_multiply_with_group_convolution(Graph& graph, Node& multiply, PassContext& context) {
  if (!context.goal.target.convolves_to_multiply || multiply.version() != "opset1") return no_match();
  const auto dq = Dequantization::producing(multiply.output(0), context.float_edges);
  if (!dq || !dq->scale || dq->real != ElementType::f32) return no_match();
  const Value data = dq->stored;
  const Shape& shape = data.shape();
  const auto *types = context.goal.target.types_of("GroupConvolution", 0),
             *weights = context.goal.target.types_of("GroupConvolution", 1);
  const bool takes = types != nullptr && weights != nullptr && !weights->empty() &&
                     std::find(types->begin(), types->end(), dq->type) != types->end();
  if (!takes || data.node().constant() != nullptr) return no_match();
  if (!shape.has_rank() || (shape.rank() != 4 && shape.rank() != 5) || !shape[1].is_static())
    return refused(Cause::lengths_unknown, "its data is [{}], should be an image of known channels", shape);
  for (const auto* parameter : {&dq->scale, &dq->zero_point}) {
    if (*parameter && !varies_only_along(**parameter, 1, shape.rank()))
      return refused(Cause::parameters_off_channel_axis, "its parameters do not lie along the channels");
  }
  const std::string name(multiply.name());
  Value value = insert_identity(graph, multiply, name + "/GroupConvolution", data, weights->front()).output(0);
  if (dq->zero_point) {
    const auto negative = mapped(*dq->zero_point, [](float z) { return -z; });
    const Value constant = insert_parameter(graph, &multiply, name + "/shift", ElementType::f32, negative).output(0);
    value = insert_elementwise(graph, &multiply, "Add", name + "/Add", value, constant, ElementType::f32).output(0);
  }
  const std::size_t port = small_tensor(multiply.input(1)) ? 0 : 1;
  graph.set_input(multiply, port, value);
  return rewritten();
}

}  // namespace lpt
