// Gather: out[o, i, r] = data[o, indices[i], r], with i over the axes of the indices behind the batch axes.
// Source: OpenVINO Gather-1, Gather-7, Gather-8 (which counts negative indices from the end).
#include <cstring>

#include "ops/indexed.hpp"
#include "tensor/parallel.hpp"

namespace lpt {

namespace {

struct Axes {
  std::size_t axis, batch;
};

Axes axes(const Arguments& arguments) {
  const auto axis = axis_of(required_integer(arguments, 2), arguments.lengths(0).size());
  const auto indices_rank = static_cast<std::int64_t>(arguments.lengths(1).size());
  const auto given = integer_attribute(arguments.node(), "batch_dims", 0);
  const auto batch = given < 0 ? given + indices_rank : given;
  if (batch < 0 || batch > indices_rank || static_cast<std::size_t>(batch) > axis)
    throw LayerError("batch_dims is {}, its axis is {} and its indices have {} axes", given, axis, indices_rank);
  for (std::size_t i = 0; i < static_cast<std::size_t>(batch); ++i) {
    if (arguments.lengths(0)[i] != arguments.lengths(1)[i])
      throw LayerError("its data [{}] and indices [{}] differ in batch axis {}", to_string(arguments.lengths(0)),
                       to_string(arguments.lengths(1)), i);
  }
  return {axis, static_cast<std::size_t>(batch)};
}

}  // namespace

std::vector<OutputSpec> gather_infer(const Arguments& arguments) {
  const auto [axis, batch] = axes(arguments);
  const auto& data = arguments.lengths(0);
  const auto& indices = arguments.lengths(1);
  Lengths result(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(axis));
  result.insert(result.end(), indices.begin() + static_cast<std::ptrdiff_t>(batch), indices.end());
  result.insert(result.end(), data.begin() + static_cast<std::ptrdiff_t>(axis) + 1, data.end());
  return one_output(arguments.type(0), result);
}

void gather_evaluate(Evaluation& run) {
  const auto [axis, batch] = axes(run.arguments());
  const Tensor& data = run.input(0);
  auto indices = run.integers(1);
  const auto length = data.lengths()[axis];
  for (auto& index : indices) index = checked_index(index, length);
  Tensor& out = run.output();
  if (out.count() == 0) return;
  const auto batches = product(data.lengths(), 0, batch);
  const auto outer = product(data.lengths(), batch, axis);
  const auto chosen = static_cast<std::int64_t>(indices.size()) / batches;
  const auto inner = static_cast<std::size_t>(product(data.lengths(), axis + 1, data.rank())) * bits(data.type()) / 8;
  parallel_each(batches * outer * chosen, 2 + static_cast<std::int64_t>(inner) / 16, [&](std::int64_t i) {
    const auto row = i / chosen;  // of batch and outer
    const auto index = indices[static_cast<std::size_t>(row / outer * chosen + i % chosen)];
    const auto from = static_cast<std::size_t>(row * length + index);
    std::memcpy(out.bytes() + static_cast<std::size_t>(i) * inner, data.bytes() + from * inner, inner);
  });
}

}  // namespace lpt
