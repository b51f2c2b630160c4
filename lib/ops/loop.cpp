// Loop and TensorIterator.
#include "ops/body_ports.hpp"

namespace lpt {
namespace {

void check_slice(const Node& node, const Element& entry) {
  if (find(entry.attributes, "axis") == nullptr) return;
  const auto axis = element_integer(entry, "axis");
  if (element_integer(entry, "stride", 1) == 0) throw LayerError("a slice of its port map has stride 0");
  if (element_integer(entry, "part_size", 1) <= 0)
    throw LayerError("a slice of its port map has part_size {}", element_integer(entry, "part_size", 1));
  if (entry.name != "input") return;
  const auto& shape = node.input(static_cast<std::size_t>(element_integer(entry, "external_port_id"))).shape();
  if (!shape.has_rank()) return;
  const auto rank = static_cast<std::int64_t>(shape.rank());
  if (axis < -rank || axis >= rank)
    throw LayerError("a slice of its port map is along axis {} of [{}]", axis, shape.to_string());
  const auto length = shape[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)];
  for (const std::string_view end : {"start", "end"}) {
    const auto at = element_integer(entry, end, end == "start" ? 0 : -1);
    if (length.is_static() && (at < -length.min - 1 || at > length.min)) {
      throw LayerError("a slice of its port map has {} {}, its axis has {} elements", end, at, length.min);
    }
  }
}

}  // namespace

void loop_check(const Node& node, const LayerWarn& warn) {
  const BodyLayers body(body_of(node, "body"));
  const Element& map = port_map_of(node, "port_map");
  check_port_map(node, map, body, SharedInputs::refused);
  for (const auto& entry : map.children) {
    check_slice(node, entry);
    const auto* purpose = find(entry.attributes, "purpose");
    if (purpose != nullptr && *purpose != "current_iteration" && *purpose != "execution_condition") {
      warn(fmt::format("purpose \"{}\" of its port map is not known and has no effect", *purpose));
    }
  }
  const Element* edges = find(node.extras()->port_maps, "back_edges");
  if (edges == nullptr) {
    warn("has no back_edges: every input keeps its value over the iterations");
    return;
  }
  for (const auto& edge : edges->children) {
    if (edge.name != "edge") continue;
    body.expect(edge, "from-layer", "Result");
    body.expect(edge, "to-layer", "Parameter");
  }
}

}  // namespace lpt
