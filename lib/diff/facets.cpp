#include "diff/facets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "exec/executor.hpp"
#include "ir/number.hpp"

namespace lpt {
namespace {

using Texts = std::map<std::string, std::string>;

/// One facet for each key whose texts differ.
void compare(const Texts& before, const Texts& after, std::vector<Facet>& facets) {
  auto a = before.begin(), b = after.begin();
  while (a != before.end() || b != after.end()) {
    if (b == after.end() || (a != before.end() && a->first < b->first)) {
      facets.push_back({a->first, a->second, std::nullopt});
      ++a;
    } else if (a == before.end() || b->first < a->first) {
      facets.push_back({b->first, std::nullopt, b->second});
      ++b;
    } else {
      if (a->second != b->second) facets.push_back({a->first, a->second, b->second});
      ++a, ++b;
    }
  }
}

bool says_the_same(const Facet& facet) {
  return facet.what.rfind("attribute ", 0) == 0 && facet.before && facet.after &&
         canonical(*facet.before) == canonical(*facet.after);
}

/// Every text of an element under the way to it.
void flatten(const Element& element, const std::string& path, Texts& texts) {
  auto key = path + (path.empty() ? "" : "/") + std::string(element.name);
  const auto* name = find(element.attributes, "name");
  if (name != nullptr && element.name == "attribute") key = path + (path.empty() ? "" : "/") + std::string(*name);
  std::string text(trim(element.text));
  for (const auto& [attribute, value] : element.attributes) {
    if (&value != name) text += fmt::format("{}{}={}", text.empty() ? "" : " ", attribute, value);
  }
  auto& place = texts[key];
  place += place.empty() || text.empty() ? text : "; " + text;
  for (const auto& child : element.children) flatten(child, key, texts);
}

std::string sorted_names(std::string_view text) {
  auto names = tensor_names(text);
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ", "));
}

void add_annotations(const Node& node, Texts& texts) {
  const auto add = [&](const std::vector<Element>& elements, const std::string& path) {
    for (const auto& element : elements) flatten(element, path, texts);
  };
  if (node.extras() != nullptr) add(node.extras()->annotations, "rt_info");
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    const auto& port = node.output_port(i);
    if (port.extras == nullptr) continue;
    add(port.extras->children, fmt::format("rt_info of output {}", i));
    for (const auto& [name, value] : port.extras->attributes)
      texts[fmt::format("rt_info of output {} {}", i, name)] = value;
  }
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (node.input_port(i).extras != nullptr)
      add(node.input_port(i).extras->children, fmt::format("rt_info of input {}", i));
  }
}

}  // namespace

std::string value_name(Value value) {
  if (!value) return "nothing";
  const auto name = std::string(value.node().name());
  return value.node().output_count() > 1 ? fmt::format("{}:{}", name, value.index()) : name;
}

std::map<std::string, std::string> layer_texts(const Node& node, const Ignored& ignored) {
  Texts texts{{"type", std::string(node.type())}, {"version", std::string(node.version())}};
  if (!ignored.names) texts["name"] = node.name();
  for (const auto& [name, value] : node.attributes()) {
    if (node.constant() == nullptr || (name != "offset" && name != "size"))
      texts[fmt::format("attribute {}", name)] = value;
  }
  if (node.extras() != nullptr) {
    for (const auto& [name, value] : node.extras()->attributes) {
      if (name != "output_names") {
        texts[fmt::format("layer attribute {}", name)] = value;
      } else if (!ignored.names) {
        texts["names of the result"] = value;
      }
    }
    for (const auto& element : node.extras()->data_children) flatten(element, "data", texts);
  }
  if (!node.bodies().empty()) texts["port map"] = fmt::format("{}", fmt::join(port_maps(node), " "));
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    const auto& port = node.output_port(i);
    texts[fmt::format("type of output {}", i)] = name(port.type);
    texts[fmt::format("shape of output {}", i)] = fmt::format("[{}]", port.shape.to_string());
    if (!ignored.names) texts[fmt::format("names of output {}", i)] = sorted_names(port.names.value_or(""));
  }
  if (!ignored.rt_info) add_annotations(node, texts);
  return texts;
}

std::vector<Facet> layer_facets(const Node& before, const Node& after, const Alignment& alignment,
                                const Contents& contents_before, const Contents& contents_after,
                                const Ignored& ignored) {
  std::vector<Facet> facets;
  compare(layer_texts(before, ignored), layer_texts(after, ignored), facets);
  std::erase_if(facets, says_the_same);
  const auto bytes = [](const Node& node, const Contents& contents) {
    return node.constant() == nullptr ? std::nullopt : std::optional(to_string(contents.of(node)));
  };
  auto a = bytes(before, contents_before), b = bytes(after, contents_after);
  if (a != b) facets.push_back({"bytes", std::move(a), std::move(b)});
  for (std::size_t i = 0; i < std::max(before.input_count(), after.input_count()); ++i) {
    const Value x = i < before.input_count() ? before.input(i) : Value(),
                y = i < after.input_count() ? after.input(i) : Value();
    if (x && y ? x.index() == y.index() && alignment.are_pair(x.node(), y.node()) : !x && !y) continue;
    const auto named = [](Value value) { return value ? std::optional(value_name(value)) : std::nullopt; };
    facets.push_back({fmt::format("input {}", i), named(x), named(y)});
  }
  return facets;
}

std::vector<Facet> model_facets(const Model& before, const Model& after, const Ignored& ignored) {
  const auto texts = [&](const Model& model) {
    Texts result;
    result["version of the IR"] = std::to_string(model.version);
    if (!ignored.names && model.name) result["name of the model"] = *model.name;
    for (const auto& [name, value] : model.root_attributes) result[fmt::format("attribute {}", name)] = value;
    for (const auto& section : model.graph->sections) {
      if (section.name != "rt_info" && section.name != "meta_data") {
        flatten(section, "", result);
      } else if (!ignored.rt_info) {
        for (const auto& child : section.children) flatten(child, std::string(section.name), result);
      }
    }
    return result;
  };
  std::vector<Facet> facets;
  compare(texts(before), texts(after), facets);
  return facets;
}

}  // namespace lpt
