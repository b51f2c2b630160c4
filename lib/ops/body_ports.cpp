#include "ops/body_ports.hpp"

#include <set>

#include "ir/number.hpp"

namespace lpt {

const Graph& body_of(const Node& node, std::string_view name) {
  for (const auto& body : node.bodies()) {
    if (body.name != name) continue;
    if (body.graph->first() == nullptr) throw LayerError("its {} has no layers", name);
    return *body.graph;
  }
  throw LayerError("has no {}", name);
}

BodyLayers::BodyLayers(const Graph& body) {
  for (const Node* node = body.first(); node != nullptr; node = node->next()) {
    if (node->is("Parameter") || node->is("Result")) types_.emplace(node->id(), node->type());
  }
}

void BodyLayers::expect(const Element& entry, std::string_view attribute, std::string_view type) const {
  const auto id = element_integer(entry, attribute);
  const auto found = types_.find(static_cast<std::uint64_t>(id));
  if (found != types_.end() && found->second == type) return;
  throw LayerError("{} of its port map is {}, should be the id of a {} of the body", attribute, id, type);
}

void check_port_map(const Node& node, const Element& map, const BodyLayers& body, SharedInputs shared) {
  std::set<std::int64_t> inputs, outputs;
  for (const auto& entry : map.children) {
    const bool input = entry.name == "input";
    if (!input && entry.name != "output") continue;
    body.expect(entry, "internal_layer_id", input ? "Parameter" : "Result");
    const auto id = element_integer(entry, "external_port_id");
    if (id == -1 && find(entry.attributes, "purpose") != nullptr) continue;
    const auto last = static_cast<std::int64_t>(node.input_count()) - 1;
    if (input && (id < 0 || id > last))
      throw LayerError("external_port_id of its port map is {}, its inputs are 0..{}", id, last);
    if (!input && id < 0)
      throw LayerError("external_port_id of its port map is {}, should be the number of an output", id);
    const bool is_new = (input ? inputs : outputs).insert(id).second;
    if (!is_new && !input) throw LayerError("its port map feeds output {} twice", id);
    if (!is_new && shared == SharedInputs::refused) throw LayerError("its port map reads input {} twice", id);
  }
  if (outputs.size() != node.output_count()) {
    throw LayerError("its port map feeds {} outputs, it has {}", outputs.size(), node.output_count());
  }
}

const Element& port_map_of(const Node& node, std::string_view name) {
  const Element* map = node.extras() != nullptr ? find(node.extras()->port_maps, name) : nullptr;
  if (map == nullptr) throw LayerError("has no {}", name);
  return *map;
}

std::int64_t element_integer(const Element& element, std::string_view name, std::optional<std::int64_t> otherwise) {
  const auto* text = find(element.attributes, name);
  if (text == nullptr) {
    if (otherwise) return *otherwise;
    throw LayerError("an {} of its port map has no {}", element.name, name);
  }
  const auto value = parse_number(*text);
  if (!value) throw LayerError("{} of its port map is \"{}\", should be an integer", name, *text);
  return *value;
}

}  // namespace lpt
