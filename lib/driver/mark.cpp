#include "driver/mark.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace lpt {
namespace {

constexpr std::string_view kSection = "rt_info", kMark = "lpt_opt";

std::string_view name(Dialect dialect) { return dialect == Dialect::openvino ? "openvino" : "type-relaxed"; }

Element value_element(std::string_view name, std::string_view value) { return {name, {}, {{"value", value}}, {}}; }

Element group_element(std::string_view name, std::vector<Element> children) {
  return {name, {}, {}, std::move(children)};
}

Element element_of(Text& text, const PassContext::Multiple& tensor) {
  const auto& [shape, values] = tensor.scale;
  std::vector<Element> members{value_element("layer", tensor.layer),
                               value_element("port", text.keep(std::to_string(tensor.port)))};
  if (!tensor.names.empty()) members.push_back(value_element("names", tensor.names));
  members.push_back(value_element("type", name(tensor.type)));
  members.push_back(value_element("scale", text.keep(fmt::format("{}", fmt::join(values, " ")))));
  members.push_back(value_element("zero_point", "0"));
  const auto axes = wide_axes(aligned(tensor.scale, std::max(tensor.rank, shape.rank())));
  if (!axes.empty()) members.push_back(value_element("axis", text.keep(std::to_string(axes.front()))));
  return group_element({}, std::move(members));
}

/// A group of elements that are counted, for the reader of rt_info keeps one of each name.
Element numbered(Text& text, std::string_view name, char letter, std::vector<Element> children) {
  for (std::size_t i = 0; i < children.size(); ++i) children[i].name = text.keep(fmt::format("{}{}", letter, i));
  return group_element(name, std::move(children));
}

Element element_of(Text& text, const PassContext& context, const std::vector<std::string_view>& vanished) {
  std::vector<Element> members{value_element("version", LPT_VERSION),
                               value_element("dialect", name(context.goal.dialect)),
                               value_element("target", text.keep(context.goal.target.name))};
  std::vector<Element> tensors, names;
  for (const auto& tensor : context.multiples) tensors.push_back(element_of(text, tensor));
  for (const auto name : vanished) names.push_back(value_element({}, name));
  if (!tensors.empty()) members.push_back(numbered(text, "multiples", 't', std::move(tensors)));
  if (!names.empty()) members.push_back(numbered(text, "vanished", 'n', std::move(names)));
  return group_element(kMark, std::move(members));
}

const Element* mark_of(const Model& model) {
  const auto* section = find(model.graph->sections, kSection);
  return section != nullptr ? find(section->children, kMark) : nullptr;
}

/// The value of a member of the mark; empty if there is none.
std::string_view said(const Model& model, std::string_view name) {
  const auto* mark = mark_of(model);
  const auto* child = mark != nullptr ? find(mark->children, name) : nullptr;
  const auto* text = child != nullptr ? find(child->attributes, "value") : nullptr;
  return text != nullptr ? *text : std::string_view{};
}

}  // namespace

void mark(Model& model, const PassContext& context, const std::vector<std::string_view>& vanished) {
  auto& sections = model.graph->sections;
  auto found = std::find_if(sections.begin(), sections.end(), [](const Element& e) { return e.name == kSection; });
  if (found == sections.end()) found = sections.insert(sections.end(), {kSection, {}, {}, {}});
  std::erase_if(found->children, [](const Element& child) { return child.name == kMark; });
  found->children.push_back(element_of(*model.text, context, vanished));
}

bool is_marked(const Model& model, const Goal& goal) {
  return goal.mode == Mode::full && said(model, "dialect") == name(goal.dialect) &&
         said(model, "target") == goal.target.name;
}

std::string_view marked_version(const Model& model) { return said(model, "version"); }

}  // namespace lpt
