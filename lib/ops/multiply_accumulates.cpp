#include "ops/multiply_accumulates.hpp"

#include "ir/number.hpp"
#include "ops/attributes.hpp"

namespace lpt {
namespace {

using Count = std::optional<std::uint64_t>;

Count times(Count a, Count b) { return a && b ? checked_product(*a, *b) : std::nullopt; }

Shape input_shape(const Node& node, std::size_t index) {
  return index < node.input_count() && node.input(index) ? node.input(index).shape() : Shape::of_unknown_rank();
}

/// Elements along all axes but the first `before` and the last `behind`.
Count count(const Shape& shape, std::size_t before = 0, std::size_t behind = 0) {
  if (!shape.has_rank() || before + behind > shape.rank()) return std::nullopt;
  const auto first = shape.dimensions().begin();
  const auto at = [&](std::size_t axis) { return first + static_cast<std::ptrdiff_t>(axis); };
  return Shape(std::vector<Dimension>(at(before), at(shape.rank() - behind))).element_count();
}

Count of_mat_mul(const Node& node, const Shape& output) {
  const Shape a = input_shape(node, 0);
  const bool transposed = a.rank() > 1 && boolean_attribute(node, "transpose_a", false);
  const std::size_t behind = transposed ? 1 : 0;
  return a.rank() == 0 ? std::nullopt : times(count(output), count(a, a.rank() - 1 - behind, behind));
}

/// weights: the input that holds W; R is the next one.
Count of_recurrent(const Node& node, std::size_t weights) {
  const auto steps = count(input_shape(node, 0), 0, 1);  // of the whole batch
  const auto w = times(steps, count(input_shape(node, weights)));
  const auto r = times(steps, count(input_shape(node, weights + 1)));
  return w && r && !((*w + *r) >> 63) ? Count(*w + *r) : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> multiply_accumulates(const Node& node) {
  const Shape output = node.output_count() != 0 ? node.output(0).shape() : Shape::of_unknown_rank();
  const Shape data = input_shape(node, 0), weights = input_shape(node, 1);
  if (node.is("Convolution")) return times(count(output), count(weights, 1));
  if (node.is("GroupConvolution")) return times(count(output), count(weights, 2));
  if (node.is("ConvolutionBackpropData")) return times(count(data), count(weights, 1));
  if (node.is("GroupConvolutionBackpropData")) return times(count(data), count(weights, 2));
  if (node.is("MatMul")) return of_mat_mul(node, output);
  if (node.is("RNNCell") || node.is("GRUCell")) return of_recurrent(node, 2);
  if (node.is("RNNSequence") || node.is("GRUSequence") || node.is("LSTMCell")) return of_recurrent(node, 3);
  if (node.is("LSTMSequence")) return of_recurrent(node, 4);
  return 0;
}

}  // namespace lpt
