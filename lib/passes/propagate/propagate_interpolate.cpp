// Lets a nearest Interpolate move integers: the dequantization above it moves below it.
//
//     x:u8 -> Dequantize(s, z) -> Interpolate    =>    x:u8 -> Interpolate -> Dequantize(s, z)
//
// Law     Every output is one input element: resize(s * x) == s * resize(x); bit-exact.
// Guard   Other modes compute new values. Pads are 0, not the zero point. Parameters must not vary along a resized
//         axis. Aligned corners stay, as in OpenVINO.
// Source  OpenVINO LPT, InterpolateTransformation; there for Interpolate-1 and 4 only.
#include "ops/operation.hpp"
#include "passes/propagate/propagation.hpp"

namespace lpt {
namespace {

std::string_view attribute(const Node& node, std::string_view name) {
  const auto* text = node.attribute(name);
  return text == nullptr ? std::string_view{} : *text;
}

}  // namespace

Outcome propagate_interpolate(Graph& graph, Node& node, PassContext& context) {
  const auto before = per_channel_before(node, context);
  if (!before) return refused(before.error());
  const auto& dq = *before;
  if (attribute(node, "mode") != "nearest")
    return refused(Cause::attributes_not_supported, "its mode is {}, not nearest", attribute(node, "mode"));
  if (has_pads(node)) return refused(Cause::attributes_not_supported, "it pads");
  for (std::size_t i = 1; i < node.input_count(); ++i) {
    if (node.input(i).node().constant() == nullptr)
      return refused(Cause::operand_not_constant, "its sizes, scales or axes are no constants");
  }
  const bool first = set_number(node) < 4;
  const bool aligned_corners = first ? boolean_attribute(node, "align_corners", true)
                                     : attribute(node, "coordinate_transformation_mode") == "align_corners";
  if (aligned_corners) return refused(Cause::attributes_not_supported, "it aligns corners");
  const Shape &in = node.input(0).shape(), &out = node.output(0).shape();
  if (first) {
    for (const auto axis : integer_list_attribute(node, "axes")) {
      if (axis == 0 || axis == 1) return refused(Cause::attributes_not_supported, "it resizes axis {}", axis);
    }
  }
  const auto axis = channel_axis(dq.stored);
  const auto keep = [&](const SmallTensor& parameter) -> std::optional<SmallTensor> {
    const bool kept = in.has_rank() && axis < out.rank() && in[axis] == out[axis];
    return kept ? std::optional(parameter) : std::nullopt;
  };
  return move_mapped(graph, node, dq, keep, context);
}

}  // namespace lpt
