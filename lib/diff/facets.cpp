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

/// Numbers that are written in two ways are equal.
std::string canonical(std::string_view text) {
  std::string result;
  for_each_item(text, [&](std::string_view item) {
    const auto number = parse_real(item);
    if (!result.empty()) result += ',';
    result += number ? fmt::format("{}", *number) : std::string(item);
  });
  return result;
}

bool says_the_same(const Facet& facet) {
  return facet.before && facet.after && canonical(*facet.before) == canonical(*facet.after);
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

Texts annotations(const Node& node) {
  Texts texts;
  const auto add = [&](const std::vector<Element>& elements, const std::string& path) {
    for (const auto& element : elements) flatten(element, path, texts);
  };
  if (node.extras() != nullptr) add(node.extras()->annotations, "");
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    const auto& port = node.output_port(i);
    if (port.extras == nullptr) continue;
    add(port.extras->children, fmt::format("output {}", i));
    for (const auto& [name, value] : port.extras->attributes) texts[fmt::format("output {} {}", i, name)] = value;
  }
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (node.input_port(i).extras != nullptr) add(node.input_port(i).extras->children, fmt::format("input {}", i));
  }
  return texts;
}

Texts attributes(const Node& node, bool with_names) {
  Texts texts;
  for (const auto& [name, value] : node.attributes()) {
    if (node.constant() == nullptr || (name != "offset" && name != "size"))
      texts[fmt::format("attribute {}", name)] = value;
  }
  if (node.extras() != nullptr) {
    for (const auto& [name, value] : node.extras()->attributes) {
      if (name != "output_names") {
        texts[fmt::format("layer attribute {}", name)] = value;
      } else if (with_names) {
        texts["names of the result"] = value;
      }
    }
    for (const auto& element : node.extras()->data_children) flatten(element, "data", texts);
  }
  return texts;
}

std::string sorted_names(std::string_view text) {
  auto names = tensor_names(text);
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string value_name(Value value) {
  if (!value) return "nothing";
  const auto name = std::string(value.node().name());
  return value.node().output_count() > 1 ? fmt::format("{}:{}", name, value.index()) : name;
}

std::vector<Facet> layer_facets(const Node& before, const Node& after, const Alignment& alignment,
                                const Contents& contents_before, const Contents& contents_after,
                                const Ignored& ignored) {
  std::vector<Facet> facets;
  const auto add = [&](std::string what, std::optional<std::string> a, std::optional<std::string> b) {
    if (a != b) facets.push_back({std::move(what), std::move(a), std::move(b)});
  };
  if (!ignored.names) add("name", std::string(before.name()), std::string(after.name()));
  add("type", std::string(before.type()), std::string(after.type()));
  add("version", std::string(before.version()), std::string(after.version()));
  const auto first_attribute = static_cast<std::ptrdiff_t>(facets.size());
  compare(attributes(before, !ignored.names), attributes(after, !ignored.names), facets);
  facets.erase(std::remove_if(facets.begin() + first_attribute, facets.end(), says_the_same), facets.end());
  if (before.bodies().size() != 0 || after.bodies().size() != 0)
    add("port map", fmt::format("{}", fmt::join(port_maps(before), " ")),
        fmt::format("{}", fmt::join(port_maps(after), " ")));
  if (!ignored.constants) {
    const auto bytes = [](const Node& node, const Contents& contents) {
      return node.constant() == nullptr ? std::nullopt : std::optional(to_string(contents.of(node)));
    };
    add("bytes", bytes(before, contents_before), bytes(after, contents_after));
  }
  for (std::size_t i = 0; i < std::max(before.input_count(), after.input_count()); ++i) {
    const Value a = i < before.input_count() ? before.input(i) : Value();
    const Value b = i < after.input_count() ? after.input(i) : Value();
    const bool same = a && b ? a.index() == b.index() && alignment.are_pair(a.node(), b.node()) : !a && !b;
    const auto named = [](Value value) { return value ? std::optional(value_name(value)) : std::nullopt; };
    if (!same) facets.push_back({fmt::format("input {}", i), named(a), named(b)});
  }
  for (std::size_t i = 0; i < std::max(before.output_count(), after.output_count()); ++i) {
    const auto text = [i](const Node& node, auto&& say) {
      return i < node.output_count() ? std::optional(say(node.output_port(i))) : std::nullopt;
    };
    const auto type = [](const Output& port) { return std::string(name(port.type)); };
    const auto shape = [](const Output& port) { return fmt::format("[{}]", port.shape.to_string()); };
    const auto names = [](const Output& port) { return sorted_names(port.names.value_or("")); };
    add(fmt::format("type of output {}", i), text(before, type), text(after, type));
    add(fmt::format("shape of output {}", i), text(before, shape), text(after, shape));
    if (!ignored.names) add(fmt::format("names of output {}", i), text(before, names), text(after, names));
  }
  if (!ignored.rt_info) {
    std::vector<Facet> found;
    compare(annotations(before), annotations(after), found);
    for (auto& facet : found)
      facets.push_back({"rt_info " + facet.what, std::move(facet.before), std::move(facet.after)});
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
