// Lets Reshape move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Reshape    =>    x:u8 -> Reshape -> Dequantize(s', z')
//
// Law     reshape(s * x) == reshape(s) * reshape(x), with s repeated to the shape of x first; bit-exact.
// Guard   A per-channel parameter has to be one behind the Reshape as well, with the batch axis in its place: what
//         follows could not use another.
// Source  OpenVINO LPT, ReshapeTransformation.
#include "passes/propagate/propagation.hpp"

namespace lpt {

Outcome propagate_reshape(Graph& graph, Node& reshape, PassContext& context) {
  const auto before = per_channel_before(reshape, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  const Shape &in = reshape.input(0).shape(), &out = reshape.output(0).shape();
  const auto move = by_moving(reshape);
  const auto same_batch = [&] { return in[0] == out[0] || (!in[0].is_static() && !out[0].is_static()); };
  const auto per_channel = [&](const SmallTensor& parameter) -> std::optional<SmallTensor> {
    if (!in.has_rank() || in.rank() < 2 || out.rank() < 2 || !same_batch()) return std::nullopt;
    auto moved = move(parameter);
    return moved && varies_only_along(*moved, 1, out.rank()) ? moved : std::nullopt;
  };
  return move_mapped(graph, reshape, dq, per_channel, context);
}

}  // namespace lpt
