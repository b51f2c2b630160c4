#include "quant/small_tensor.hpp"

#include <algorithm>
#include <cmath>

#include "ops/transpose.hpp"
#include "quant/broadcast_runs.hpp"
#include "quant/permuted_source.hpp"
#include "tensor/rounding.hpp"

namespace lpt {
namespace {

bool widens(ElementType from, ElementType to) {
  if (from == to) return true;
  return to == ElementType::f32 && is_readable_as_f32(from);
}

/// One operation on a constant path; false if it cannot be folded.
bool fold(const Node& node, ConstantPath& path) {
  const Shape& shape = node.output(0).shape();
  if (node.is("Convert")) {
    if (!widens(path.real, node.output(0).type())) return false;
    path.real = node.output(0).type();
    return true;
  }
  if (node.is("Reshape") || node.is("Squeeze") || node.is("Unsqueeze")) {
    if (!shape.is_static() || shape.element_count() != path.shape.element_count()) return false;
    path.shape = shape;
    return true;
  }
  if (node.is("Transpose")) {
    auto order = transpose_order(Arguments(node));
    if (!order || order->size() != path.shape.rank() || bits(path.stored) < 8) return false;
    std::vector<Dimension> dimensions;
    for (const auto axis : *order) dimensions.push_back(path.shape[axis]);
    path.blob = permuted(path.blob, path.shape, std::move(*order), bits(path.stored) / 8);
    path.shape = Shape(std::move(dimensions));
    return true;
  }
  return false;
}

}  // namespace

float SmallTensor::farthest_from_0() const {
  return *std::max_element(values.begin(), values.end(), [](float a, float b) { return std::abs(a) < std::abs(b); });
}

SmallTensor SmallTensor::broadcast_to(const Shape& target) const {
  SmallTensor result{target, std::vector<float>(*target.element_count())};
  const BroadcastRuns runs(target, shape);
  runs.visit(0, result.values.size(), [&](const Run& run) {
    for (std::size_t i = 0; i < run.count; ++i) {
      result.values[run.first + i] = values[run.parameter + (run.varies ? i : 0)];
    }
  });
  return result;
}

std::optional<ConstantPath> constant_path(Value value) {
  std::vector<const Node*> above;
  const Node* node = &value.node();
  while (!node->is("Const")) {
    constexpr std::size_t kLongest = 16;
    if (node->input_count() == 0 || node->output_count() != 1 || above.size() == kLongest ||
        find_operation(*node) == nullptr) {
      return std::nullopt;
    }
    above.push_back(node);
    node = &node->input(0).node();
  }
  if (node->constant() == nullptr || !node->output(0).shape().is_static()) return std::nullopt;
  const Value source = node->output(0);
  const auto bytes = byte_count(source.type(), *source.shape().element_count());
  if (!bytes) return std::nullopt;
  const Blob& all = *node->constant();
  ConstantPath path{Blob(all.source(), all.offset(), *bytes), source.type(), source.type(), source.shape(), node};
  for (auto step = above.rbegin(); step != above.rend(); ++step) {
    if (!fold(**step, path)) return std::nullopt;
  }
  return path;
}

std::optional<SmallTensor> small_tensor(Value value) {
  constexpr std::uint64_t kMost = 1 << 21;  // the four ranges of a FakeQuantize take 32 MiB then
  const auto path = constant_path(value);
  if (!path || !is_real(path->real) || !is_readable_as_f32(path->stored) || *path->shape.element_count() > kMost)
    return std::nullopt;
  SmallTensor tensor{path->shape, std::vector<float>(*path->shape.element_count())};
  read_as_f32(path->stored, path->blob.to_vector(), tensor.values);
  return tensor;
}

}  // namespace lpt
