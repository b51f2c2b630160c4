// Computes now what depends on constants and known shapes alone: the shapes and indices that models compute on the way.
//
//     Const, Const -> Concat    =>    Const          x[1,3,8,8] -> ShapeOf    =>    Const
//
// Law     The operation is run as lib/exec runs it.
// Guard   Not many numbers, and no more bytes in the file than before. Of real ones only those that are moved: what
//         becomes of a weight is for the passes on weights.
// Source  OpenVINO ConstantFolding.
#include "ops/facts.hpp"
#include "ops/operation.hpp"
#include "driver/context.hpp"
#include "quant/constant_bytes.hpp"
#include "quant/constant_tensor.hpp"
#include "tensor/convert.hpp"

namespace lpt {
namespace {

constexpr std::uint64_t kMostElements = 1 << 12;

bool is_foldable(const Node& node) {
  if (node.input_count() == 0 || node.output_count() != 1 || node.is("Result") || node.is("Assign")) return false;
  const Value output = node.output(0);
  const bool whole = is_integer(output.type()) || output.type() == ElementType::boolean;
  const bool moved = (output.type() == ElementType::f32 || output.type() == ElementType::f16) && preserves_type(node);
  return (whole || moved) && bits(output.type()) >= 8 && output.has_readers();
}

/// Shapes and indices are few numbers. What is more takes no more bytes than the constants that it is made of, if these
/// go, or the same bytes in another shape.
bool is_small(const Node& node, std::uint64_t count) {
  constexpr std::uint64_t kFew = 64;
  const auto type = node.output(0).type();
  if (count > kMostElements) return false;
  if (count <= 1 || (count <= kFew && !is_real(type))) return true;
  std::uint64_t freed = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    // Indices and orders are often shared.
    if (node.input(i).type() == type) freed += bytes_freed_with(node.input(i));
  }
  const Value data = node.input(0);
  const bool is_reshaped = node.is("Reshape") || node.is("Squeeze") || node.is("Unsqueeze");
  return bytes_in_file(type, {count}) <= freed || (is_reshaped && data.node().constant() != nullptr);
}

/// The inputs, if all of them are known.
std::optional<std::vector<Tensor>> known_inputs(const Node& node) {
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    auto tensor = constant_tensor(node.input(i), kMostElements);
    if (!tensor) return std::nullopt;
    inputs.push_back(std::move(*tensor));
  }
  return inputs;
}

Outcome replace_with_constant(Graph& graph, Node& node, const Tensor& result) {
  Node& constant = graph.insert_constant_before(&node, {}, result.type(), shape_of(result.lengths()),
                                                Blob::of({result.bytes(), result.bytes() + result.byte_count()}));
  const std::string name(node.name());
  graph.replace(node.output(0), constant.output(0));
  graph.set_name(constant, name);
  return rewritten();
}

Outcome fold_shape(Graph& graph, Node& node) {
  const Shape& shape = node.input(0).shape();
  if (!shape.is_static()) return no_match();
  Tensor lengths(ElementType::i64, {static_cast<std::int64_t>(shape.rank())});
  for (std::size_t i = 0; i < shape.rank(); ++i) lengths.data<std::int64_t>()[i] = shape[i].min;
  return replace_with_constant(graph, node, convert(lengths, node.output(0).type()));
}

}  // namespace

Outcome fold_constants(Graph& graph, Node& node, PassContext&) {
  if (!is_foldable(node)) return no_match();
  const auto* operation = find_operation(node);
  if (node.is("ShapeOf") && operation != nullptr) return fold_shape(graph, node);
  if (operation == nullptr || operation->evaluate == nullptr || operation->infer == nullptr) return no_match();
  auto inputs = known_inputs(node);
  if (!inputs) return no_match();
  auto specs = operation->infer(Arguments(node, *inputs));
  const auto count = specs[0].shape.element_count();
  if (specs[0].type != node.output(0).type() || !count || !is_small(node, *count)) return no_match();
  Evaluation run(node, std::move(*inputs), std::move(specs));
  operation->evaluate(run);
  return replace_with_constant(graph, node, run.take_outputs()[0]);
}

Outcome fold_moved_constants(Graph& graph, Node& node, PassContext& context) {
  return fold_constants(graph, node, context);
}

}  // namespace lpt
