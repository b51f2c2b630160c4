#include "io/layer_reader.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "ir/number.hpp"
#include "ops/operation.hpp"

namespace lpt {
namespace {

bool is_port_map(std::string_view name) {
  return name == "port_map" || name == "back_edges" || name == "then_port_map" || name == "else_port_map";
}

bool is_body(std::string_view name) { return name == "body" || name == "then_body" || name == "else_body"; }

/// Types that OpenVINO compares exactly while it takes all others in any case; a slip loses inputs or outputs.
void check_spelling(const Dom& dom, pugi::xml_node layer, std::string_view type) {
  static constexpr std::string_view kExact[] = {"Parameter", "Result", "Assign", "Const"};
  if (type.empty()) throw dom.error(layer, "type is empty, should name an operation");
  if (type == "Constant") throw dom.error(layer, "type is \"Constant\", should be \"Const\"");
  for (const auto exact : kExact) {
    const bool similar = std::equal(type.begin(), type.end(), exact.begin(), exact.end(),
                                    [](unsigned char a, unsigned char b) { return (a | 0x20) == (b | 0x20); });
    if (similar && type != exact) throw dom.error(layer, "type is \"{}\", should be \"{}\"", type, exact);
  }
}

/// One layer.
class Reading {
 public:
  Reading(const Dom& dom, const ReadGraph& read_graph, const Warn& warn)
      : dom_(dom), read_graph_(read_graph), warn_(warn) {}

  LayerSpec read(pugi::xml_node xml) {
    LayerSpec layer;
    layer.source_offset = dom_.offset(xml);
    read_layer_attributes(xml, layer);
    check_spelling(dom_, xml, layer.type);
    pugi::xml_node data, input, output, rt_info;
    const auto once = [&](pugi::xml_node& slot, pugi::xml_node child) {
      if (slot) throw dom_.error(child, "layer {} has a second <{}>; OpenVINO would ignore it", layer.id, child.name());
      slot = child;
    };
    for (const auto child : xml.children()) {
      const std::string_view name = child.name();
      if (name == "data") {
        once(data, child);
      } else if (name == "input") {
        once(input, child);
      } else if (name == "output") {
        once(output, child);
      } else {
        if (name == "rt_info") once(rt_info, child);
        read_other_child(child, layer);
      }
    }
    if (data) {
      layer.has_data = true;
      layer.attributes = dom_.attributes(data);
      for (const auto child : data.children()) dom_.append_child(extras(layer).data_children, child);
    }
    const auto* operation = find_operation(layer.type, layer.version);
    // Where types and shapes are inferred the text of input ports is checked, but not believed.
    const bool keep_text = operation == nullptr || !operation->infers_partial_shapes;
    for (auto port = input.child("port"); port; port = port.next_sibling("port")) read_input(port, layer, keep_text);
    for (auto port = output.child("port"); port; port = port.next_sibling("port")) read_output(port, layer);
    check_port_ids(xml, layer.id, layer.inputs, "input");
    check_port_ids(xml, layer.id, layer.outputs, "output");
    return layer;
  }

 private:
  static LayerExtras& extras(LayerSpec& layer) {
    if (layer.extras == nullptr) layer.extras = std::make_unique<LayerExtras>();
    return *layer.extras;
  }

  void read_layer_attributes(pugi::xml_node xml, LayerSpec& layer) {
    // The writer's order: nothing needs to be looked up, and nothing can be there twice.
    static constexpr const char* kNames[] = {"id", "name", "type", "version"};
    std::string_view values[4];
    auto attribute = xml.first_attribute();
    std::size_t i = 0;
    for (; i < 4 && std::strcmp(attribute.name(), kNames[i]) == 0; ++i, attribute = attribute.next_attribute()) {
      values[i] = dom_.checked_value(attribute, xml);
    }
    if (i != 4 || attribute) {
      for (const auto& other : dom_.attributes(xml)) {
        if (std::find(std::begin(kNames), std::end(kNames), other.name) == std::end(kNames))
          extras(layer).attributes.push_back(other);
      }
      for (std::size_t k = 0; k < 4; ++k) values[k] = dom_.required(xml, kNames[k]);
    }
    const auto id = parse_unsigned(values[0]);
    if (!id) throw dom_.error(xml, "layer id is \"{}\", should be a number of 0..2^63-1", values[0]);
    layer.id = *id;
    layer.name = values[1];
    layer.type = values[2];
    layer.version = values[3];
  }

  void read_other_child(pugi::xml_node child, LayerSpec& layer) {
    if (is_body(child.name())) {
      read_body(child, layer);
    } else if (is_port_map(child.name())) {
      extras(layer).port_maps.push_back(dom_.element(child));
    } else if (child.type() == pugi::node_element) {
      if (std::strcmp(child.name(), "rt_info") == 0) check_rt_info(child);
      extras(layer).annotations.push_back(dom_.element(child));
    }
  }

  void read_body(pugi::xml_node xml, LayerSpec& layer) {
    Body body;
    body.name = xml.name();
    for (const auto& other : layer.bodies) {
      if (other.name == body.name) throw dom_.error(xml, "layer {} has a second <{}>", layer.id, body.name);
    }
    body.attributes = dom_.attributes(xml);
    if (!xml.first_child()) throw dom_.error(xml, "the <{}> of layer {} is empty", body.name, layer.id);
    std::size_t depth = 0;
    for (auto outer = xml; outer; outer = outer.parent()) depth += is_body(outer.name());
    if (depth > kDeepestBody) {
      throw bad_model("{}: \"{}\" ({}, id {}): its <{}> stands {} deep, should be at most {} deep",
                      dom_.place(xml.parent()), layer.name, layer.type, layer.id, body.name, depth, kDeepestBody);
    }
    body.graph = read_graph_(xml);
    layer.bodies.push_back(std::move(body));
  }

  // -- ports

  Dimension read_dimension(pugi::xml_node dim) {
    const auto text = trim(dom_.text(dim.first_child()));
    if (text.size() == 1 && text[0] >= '0' && text[0] <= '9') return Dimension::exactly(text[0] - '0');
    if (text == "-1") return Dimension{};
    const auto length = parse_unsigned(text);
    if (!length) throw dom_.error(dim, "a dimension is \"{}\", should be -1 or a length", text);
    return Dimension::exactly(static_cast<std::int64_t>(*length));
  }

  /// Ports cannot tell a scalar from an unknown rank: both have no dimensions.
  Shape shape_read() const { return dims_.empty() ? Shape::of_unknown_rank() : Shape(dims_); }

  /// Reads what inputs and outputs have in common, the dimensions into dims_; `names` and `type` are set where the port
  /// states them.
  struct PortAttributes {
    std::uint64_t id = 0;
    std::optional<ElementType> type;
    std::optional<std::string_view> names;
    std::unique_ptr<PortExtras> extras;
  };

  PortAttributes read_port(pugi::xml_node port) {
    PortAttributes result;
    bool has_id = false;
    // The writer's order and spelling of most ports, read without a list of attributes.
    const auto first = port.first_attribute();
    const auto second = first.next_attribute();
    const bool plain = std::strcmp(first.name(), "id") == 0 && std::strcmp(second.name(), "precision") == 0 &&
                       !second.next_attribute();
    if (plain) {
      result.id = port_id(port, dom_.value(first, port));
      result.type = port_type(port, dom_.value(second, port));
      has_id = true;
    } else {
      has_id = read_port_attributes(port, result);
    }
    if (!has_id) throw dom_.error(port, "<port> has no attribute id");
    dims_.clear();
    for (auto child = port.first_child(); child; child = child.next_sibling()) {
      if (std::strcmp(child.name(), "dim") == 0) {
        dims_.push_back(read_dimension(child));
        continue;
      }
      if (std::strcmp(child.name(), "rt_info") == 0) check_rt_info(child);
      if (child.type() == pugi::node_element) port_extras(result.extras).children.push_back(dom_.element(child));
    }
    return result;
  }

  std::uint64_t port_id(pugi::xml_node port, std::string_view text) {
    const auto id = parse_unsigned(text);
    if (!id) throw dom_.error(port, "port id is \"{}\", should be a number of 0..2^63-1", text);
    return *id;
  }

  ElementType port_type(pugi::xml_node port, std::string_view text) {
    const auto type = port_element_type(text);
    if (!type)
      throw dom_.error(port, "precision of a port is \"{}\", should be an element type such as \"FP32\"", text);
    return *type;
  }

  /// False if there is no id.
  bool read_port_attributes(pugi::xml_node port, PortAttributes& result) {
    bool has_id = false;
    for (const auto& [name, value] : dom_.attributes(port)) {
      if (name == "id") {
        result.id = port_id(port, value);
        has_id = true;
      } else if (name == "precision") {
        result.type = port_type(port, value);
      } else if (name == "names") {
        result.names = value;
      } else {
        port_extras(result.extras).attributes.push_back({name, value});
      }
    }
    return has_id;
  }

  static PortExtras& port_extras(std::unique_ptr<PortExtras>& extras) {
    if (extras == nullptr) extras = std::make_unique<PortExtras>();
    return *extras;
  }

  void read_input(pugi::xml_node xml, LayerSpec& layer, bool keep_text) {
    auto port = read_port(xml);
    Input input;
    input.port_id = port.id;
    if (port.names) port_extras(port.extras).attributes.push_back({"names", *port.names});
    input.extras = std::move(port.extras);
    if (keep_text) input.as_written = std::make_unique<PortText>(PortText{port.type, shape_read()});
    layer.inputs.push_back(std::move(input));
  }

  void read_output(pugi::xml_node xml, LayerSpec& layer) {
    auto port = read_port(xml);
    if (!port.type) throw dom_.error(xml, "output port {} of layer {} has no attribute precision", port.id, layer.id);
    Output output;
    output.port_id = port.id;
    output.type = *port.type;
    output.shape = shape_read();
    output.names = port.names;
    output.extras = std::move(port.extras);
    layer.outputs.push_back(std::move(output));
  }

  template <class Ports>
  void check_port_ids(pugi::xml_node xml, std::uint64_t layer, const Ports& ports, std::string_view side) {
    bool rising = true;
    for (std::size_t i = 1; i < ports.size(); ++i) rising = rising && ports[i - 1].port_id < ports[i].port_id;
    if (rising) return;
    std::unordered_set<std::uint64_t> ids;
    for (const auto& port : ports) {
      if (!ids.insert(port.port_id).second)
        throw dom_.error(xml, "layer {} has two {} ports with id {}", layer, side, port.port_id);
    }
  }

  /// OpenVINO refuses a model over these.
  void check_rt_info(pugi::xml_node rt_info) {
    std::unordered_set<std::string_view> names;
    for (const auto entry : rt_info.children("attribute")) {
      const std::string_view name = entry.attribute("name").value();
      if (!names.insert(name).second) throw dom_.error(entry, "rt_info has the attribute \"{}\" twice", name);
      if (name == "DisableConstantFolding" || name == "nms_selected_indices" || name == "strides_propagation") {
        warn_(fmt::format("{}: OpenVINO 2026.4 refuses a model with the rt_info attribute \"{}\"", dom_.place(entry),
                          name));
      }
      if (name == "fused_names") check_fused_names(entry);
      if (name == "layout") check_layout(entry);
    }
  }

  void check_fused_names(pugi::xml_node entry) {
    const auto list = dom_.value(entry.attribute("value"), entry);
    for_each_item(list, [&](std::string_view item) {
      if (item.empty()) throw dom_.error(entry, "fused_names is \"{}\", which has an empty name", list);
    });
  }

  void check_layout(pugi::xml_node entry) {
    const auto text = dom_.value(entry.attribute("layout"), entry);
    auto list = trim(text);
    if (list.size() >= 2 && list.front() == '[') list = list.substr(1, list.size() - 2);
    std::unordered_set<std::string_view> seen;
    for_each_item(list, [&](std::string_view dimension) {
      if (dimension != "?" && dimension != "..." && !seen.insert(dimension).second) {
        throw dom_.error(entry, "layout is \"{}\", which names {} twice", text, dimension);
      }
    });
  }

  const Dom& dom_;
  const ReadGraph& read_graph_;
  const Warn& warn_;
  std::vector<Dimension> dims_;  ///< of the port that is being read
};

}  // namespace

LayerSpec read_layer(pugi::xml_node xml, const Dom& dom, const ReadGraph& read_graph, const Warn& warn) {
  return Reading(dom, read_graph, warn).read(xml);
}

}  // namespace lpt
