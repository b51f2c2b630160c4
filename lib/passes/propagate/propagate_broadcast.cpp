// Lets Broadcast repeat integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Broadcast    =>    x:u8 -> Broadcast -> Dequantize(s', z')
//
// Law     repeat(s * x) == s * repeat(x), with the axes of s where those of x go; bit-exact.
// Guard   Where a parameter varies the data must not be repeated, and the channels have to stay in place.
// Source  OpenVINO LPT, BroadcastTransformation; there wrong where the rank changes.
#include "ops/operation.hpp"
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_broadcast(Graph& graph, Node& node, PassContext& context) {
  const auto before = per_channel_before(node, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  const Shape &in = node.input(0).shape(), &out = node.output(0).shape();
  const auto channel = channel_axis(dq.stored);
  const auto map = [&](const SmallTensor& parameter) -> std::optional<SmallTensor> {
    const auto* mode = node.attribute("mode");
    if (!constant_integers(node.input(1)) || mode == nullptr || channel >= out.rank()) return std::nullopt;
    const bool mapped = *mode == "explicit" || *mode == "EXPLICIT" || *mode == "none";
    auto own = aligned(parameter, in.rank());
    if (!mapped && in.rank() != out.rank()) return std::nullopt;
    if (mapped) {
      const auto axes = node.input_count() > 2 ? constant_integers(node.input(2)) : std::nullopt;
      if (!axes || axes->size() != in.rank() || (*axes)[channel] != static_cast<std::int64_t>(channel))
        return std::nullopt;
      std::vector<Dimension> dimensions(out.rank(), Dimension::exactly(1));
      for (std::size_t i = 0; i < axes->size(); ++i) dimensions.at(axis_of((*axes)[i], out.rank())) = own.shape[i];
      own.shape = Shape(std::move(dimensions));
    }
    return out[channel].is_static() && out[channel] == in[channel] ? std::optional(own) : std::nullopt;
  };
  return move_mapped(graph, node, dq, map, context);
}

}  // namespace lpt
