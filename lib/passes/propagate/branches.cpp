#include "passes/propagate/branches.hpp"

#include <algorithm>

namespace lpt {
namespace {

/// Where a branch comes from: what stands above its FakeQuantizes.
struct Origin {
  const Node* node;
  bool is_target;        ///< Convolution, GroupConvolution or MatMul
  bool is_read_by_many;  ///< something on the way down to the branch
};

bool is_target(const Node& node) { return node.is("Convolution") || node.is("GroupConvolution") || node.is("MatMul"); }

Origin origin_of(const Branch& branch, const PassContext& context) {
  Value value = branch.data;
  bool many = branch.is_read_by_many;
  const auto up = [&](Value above) {
    value = above;
    many = many || value.has_several_readers();
  };
  while (value.node().is("FakeQuantize")) up(value.node().input(0));
  if (value.node().is("Add") && value.node().input_count() == 2 && context.markup.is_bias(value.node())) {
    for (const std::size_t port : {0, 1}) {
      Value above = value.node().input(port);
      if (const auto dq = Dequantization::producing(above, context.float_edges)) above = dq->stored;
      if (is_target(above.node())) {
        up(above);
        break;
      }
    }
  }
  return {&value.node(), is_target(value.node()), many};
}

/// Whether something else reads a value, or what its dequantization stands on.
bool is_shared_above(Value value, Value data) {
  while (value != data && value.has_one_reader() && value.node().input_count() > 0) {
    const Node& step = value.node();
    const bool constant_first = step.input_count() > 1 && step.input(0).node().constant() != nullptr;
    value = step.input(constant_first ? 1 : 0);
  }
  return value.has_several_readers();
}

/// The number of elements; empty if it is not known.
std::optional<std::uint64_t> volume(const Node& node) { return node.output(0).shape().element_count(); }

/// One value for each channel, whatever the size of the image.
bool has_one_place(const Node& node) {
  const Shape& shape = node.output(0).shape();
  if (!shape.has_rank()) return false;
  for (std::size_t i = std::min<std::size_t>(shape.rank() - (shape.rank() > 0), 2); i < shape.rank(); ++i) {
    if (shape[i] != Dimension::exactly(1)) return false;
  }
  return shape.rank() > 0;
}

/// The branch with the smaller volume; empty if they are the same, or not known.
std::optional<std::size_t> smaller(const Node& a, const Node& b) {
  const auto first = volume(a), second = volume(b);
  if (first && second && *first != *second) return *first < *second ? 0 : 1;
  if (has_one_place(a)) return 0;
  if (has_one_place(b)) return 1;
  return std::nullopt;
}

}  // namespace

Branch branch_of(const Node& node, std::size_t port, const PassContext& context) {
  const Value input = node.input(port);
  auto found = dequantization_before(node, port, context);
  if (!found) return {input, {}, input.has_several_readers()};
  const Value data = found->stored;
  return {data, std::move(found), is_shared_above(input, data)};
}

std::optional<SmallTensor> constant_branch(const Node& node, std::size_t port, const PassContext& context) {
  auto real = small_tensor(node.input(port));
  return real ? std::move(real) : dequantized_constant(node.input(port), context.float_edges);
}

Expected<void> check_branches(const Node& node, const Branch& a, const Branch& b) {
  const Shape& out = node.output(0).shape();
  if (!out.has_rank()) return refused(Cause::rank_unknown, "the rank of its output is not known");
  for (const auto* branch : {&a, &b}) {
    if (!branch->dequantization) continue;
    if (!branch->data.shape().has_rank()) return refused(Cause::rank_unknown, "the rank of an input is not known");
    // Behind a first input with one scale for each channel the second one may have any, as in OpenVINO.
    if (branch == &b && a.dequantization) continue;
    if (auto fits = check_per_channel(*branch->dequantization, branch->data.shape()); !fits) return fits;
  }
  return {};
}

std::size_t real_branch(const Branch& a, const Branch& b, const PassContext& context) {
  if (a.is_low_precision() != b.is_low_precision()) return a.is_low_precision() ? 1 : 0;
  const bool first = a.data.node().is("FakeQuantize"), second = b.data.node().is("FakeQuantize");
  if (first != second) return first ? 0 : 1;
  if (first && a.is_read_by_many != b.is_read_by_many) return a.is_read_by_many ? 1 : 0;
  const auto origin_a = origin_of(a, context), origin_b = origin_of(b, context);
  if (origin_a.is_target == origin_b.is_target) {
    if (const auto real = smaller(*origin_a.node, *origin_b.node)) return *real;
  }
  if (origin_a.is_read_by_many != origin_b.is_read_by_many) return origin_a.is_read_by_many ? 1 : 0;
  if (origin_a.is_target != origin_b.is_target) return origin_a.is_target ? 0 : 1;
  return 0;
}

}  // namespace lpt
