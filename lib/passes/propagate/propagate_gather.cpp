// Lets Gather move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Gather    =>    x:u8 -> Gather -> Dequantize(s', z')
//
// Law     (s * x)[indices] == s[indices] * x[indices]; where s does not vary along the axis of the Gather it only
//         changes its rank; bit-exact.
// Guard   Parameters that vary along the axis need a list of known indices.
// Source  OpenVINO LPT, GatherTransformation; there wrong for indices that are no list.
#include <algorithm>
#include <numeric>

#include "ops/operation.hpp"
#include "passes/propagate/propagation.hpp"

namespace lpt {
namespace {

/// A parameter with one element along the axis: the axis becomes as many ones as the indices have axes.
SmallTensor with_axes_of_indices(SmallTensor parameter, std::size_t axis, std::size_t axes) {
  auto dimensions = parameter.shape.dimensions();
  const auto place = dimensions.begin() + static_cast<std::ptrdiff_t>(axis);
  dimensions.insert(dimensions.erase(place), axes, Dimension::exactly(1));
  parameter.shape = Shape(std::move(dimensions));
  return parameter;
}

}  // namespace

Outcome propagate_gather(Graph& graph, Node& gather, PassContext& context) {
  const auto before = per_channel_before(gather, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  const Shape &data = gather.input(0).shape(), &indices = gather.input(1).shape();
  const auto axes = constant_integers(gather.input(2));
  const auto map = [&](const SmallTensor& parameter) -> std::optional<SmallTensor> {
    if (!axes || axes->size() != 1 || !indices.has_rank()) return std::nullopt;
    const auto axis = axis_of(axes->front(), data.rank());
    auto own = aligned(parameter, data.rank());
    const bool varies = own.shape[axis].min != 1;
    const bool batched = integer_attribute(gather, "batch_dims", 0) != 0;
    if (!varies && !batched) return with_axes_of_indices(std::move(own), axis, indices.rank());
    const auto places = constant_integers(gather.input(1));
    if (!places || indices.rank() > 1 || batched) return std::nullopt;
    std::vector<std::size_t> chosen;
    for (auto place : *places) {
      if (place < 0) place += own.shape[axis].min;
      if (place < 0 || place >= own.shape[axis].min) return std::nullopt;
      chosen.push_back(static_cast<std::size_t>(place));
    }
    auto taken = gathered(own, axis, chosen);
    return collapsed(indices.rank() == 1 ? std::move(taken) : with_axes_of_indices(std::move(taken), axis, 0));
  };
  return move_mapped(graph, gather, dq, map, context);
}

}  // namespace lpt
