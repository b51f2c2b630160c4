// Takes the zero point of what MatMuls read into their biases.
//
//     x -> FakeQuantize(l..h) -> MatMul(W) -> Add(b)
//     =>  x -> FakeQuantize(0..h-l) -> MatMul(W) -> Add(b + l*sum_k(W))
//
// Law     sum_k((y_k + l) * W_kn) == sum_k(y_k * W_kn) + l * sum_k(W_kn), whatever the row. The sum is rounded once.
// Guard   One range, and stored weights without a zero point, of one scale or one for each column. What lies between
//         only moves elements, and nobody else reads it. Without a bias an Add is added.
// Source  OpenVINO LPT, MatMulTransformation, which computes the sums while it loads a model.
#include <algorithm>
#include <functional>

#include "passes/propagate/propagation.hpp"
#include "quant/constant_sums.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

struct Product {
  Node* mat_mul;
  StoredMatrix matrix;
};

/// Elements go to other places, and no others come in.
bool only_moves(const Node& node) {
  static constexpr std::string_view kMoving[] = {"Gather",       "Reshape",   "Slice",     "Split",        "Squeeze",
                                                 "StridedSlice", "Transpose", "Unsqueeze", "VariadicSplit"};
  return std::ranges::find(kMoving, node.type()) != std::end(kMoving);
}

/// The products that a value goes into.
///
/// moved  is given all values on the way there, the first one included
Expected<std::vector<Product>> products_of(Value first, std::vector<Value>& moved, const PassContext& context) {
  std::vector<Product> products;
  moved = {first};
  for (std::size_t k = 0; k < moved.size(); ++k) {
    const Value value = moved[k];
    for (const Input& use : value.readers()) {
      Node& reader = *use.node;
      if (use.index == 0 && only_moves(reader)) {
        for (std::size_t i = 0; i < reader.output_count(); ++i) moved.push_back(reader.output(i));
        continue;
      }
      if (!reader.is("MatMul") || use.index != 0)
        return refused(Cause::read_by_others, "\"{}\" ({}) reads it as well", std::string(reader.name()),
                       std::string(reader.type()));
      auto matrix = context.integer_kernels.contains(reader) ? StoredMatrix::of(reader) : std::nullopt;
      if (!matrix)
        return refused(Cause::weights_not_constant,
                       "the weights of \"{}\" are no stored integers with a scale by column",
                       std::string(reader.name()));
      products.push_back({&reader, std::move(*matrix)});
    }
  }
  return products;
}

/// The Add of a constant for each column that alone reads a product, and the port of the constant.
std::optional<std::size_t> bias_port(const Node* reader, const Node& mat_mul) {
  if (reader == nullptr || !reader->is("Add") || reader->input_count() != 2) return std::nullopt;
  const std::size_t port = reader->input(0) == mat_mul.output(0) ? 1 : 0;
  const auto bias = small_tensor(reader->input(port));
  const auto rank = mat_mul.output(0).shape().rank();
  const bool fits = bias && reader->output(0).shape() == mat_mul.output(0).shape() && bias->shape.rank() <= rank &&
                    varies_only_along(*bias, rank - 1, rank);
  return fits ? std::optional(port) : std::nullopt;
}

/// Adds what a product lacks now. It gets another name, since it is none any more that the model had.
void add_behind(Graph& graph, Node& mat_mul, const SmallTensor& lack) {
  const Value sum = mat_mul.output(0);
  const std::string name(mat_mul.name());
  graph.set_name(mat_mul, name + std::string(kOriginalSuffix));
  Node* reader = sum.single_reader();
  if (const auto port = bias_port(reader, mat_mul)) {
    const auto bias = combined(*small_tensor(reader->input(*port)), lack, std::plus<>());
    const std::string bias_name(reader->input(*port).node().name());
    graph.set_input(*reader, *port, insert_parameter(graph, &mat_mul, bias_name, sum.type(), bias).output(0));
    if (!sum.names().empty()) graph.set_names(mat_mul, 0, {});
    return;
  }
  const Value constant = insert_parameter(graph, mat_mul.next(), name + "/zero_point", sum.type(), lack).output(0);
  std::vector<std::pair<Node*, std::size_t>> readers;
  for (const Input* use = mat_mul.output_port(0).first_use; use != nullptr; use = use->next_use)
    readers.emplace_back(use->node, use->index);
  Node& add = insert_elementwise(graph, mat_mul.next(), "Add", {}, sum, constant, sum.type());
  graph.move_names(sum, add.output(0));
  for (const auto& [node, index] : readers) graph.set_input(*node, index, add.output(0));
  graph.set_name(add, name);
}

}  // namespace

Outcome move_zero_point_into_bias(Graph& graph, Node& quantizer, PassContext& context) {
  const auto ranges = ranges_of(quantizer);
  const Value quantized = quantizer.output(0);
  if (!context.runtime.against_zero_point_of_mat_mul() || !ranges || constant_path(quantizer.input(0)) ||
      quantized.type() != ElementType::f32)
    return no_match();
  if (!preferred_type(ranges->levels, ranges->output_low, ranges->output_high).has_zero_point) return no_match();
  if (!is_uniform(ranges->output_low) || !is_uniform(ranges->output_high)) return no_match();
  std::vector<Value> moved;
  const auto products = products_of(quantized, moved, context);
  if (!products) return refused(products.error());
  if (products->empty()) return no_match();
  const float low = ranges->output_low.values[0], high = ranges->output_high.values[0];
  for (const auto& product : *products) add_behind(graph, *product.mat_mul, product.matrix.times(low));
  set_range(graph, quantizer, Side::output, scalar(0), scalar(high - low));
  for (const Value value : moved) context.float_edges[value].kept_zero_point = -low;
  return rewritten();
}

}  // namespace lpt
