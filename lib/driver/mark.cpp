#include "driver/mark.hpp"

#include <algorithm>

namespace lpt {
namespace {

constexpr std::string_view kSection = "rt_info", kMark = "lpt_opt";

std::string_view name(Dialect dialect) { return dialect == Dialect::openvino ? "openvino" : "type-relaxed"; }

Element value_element(std::string_view name, std::string_view value) { return {name, {}, {{"value", value}}, {}}; }

Element element_of(Model& model, const Goal& goal) {
  return {kMark,
          {},
          {},
          {value_element("dialect", name(goal.dialect)), value_element("target", model.text->keep(goal.target.name))}};
}

bool says(const Element& mark, std::string_view name, std::string_view value) {
  const auto* child = find(mark.children, name);
  const auto* text = child != nullptr ? find(child->attributes, "value") : nullptr;
  return text != nullptr && *text == value;
}

}  // namespace

void mark(Model& model, const Goal& goal) {
  auto& sections = model.graph->sections;
  auto found = std::find_if(sections.begin(), sections.end(), [](const Element& e) { return e.name == kSection; });
  if (found == sections.end()) found = sections.insert(sections.end(), {kSection, {}, {}, {}});
  std::erase_if(found->children, [](const Element& child) { return child.name == kMark; });
  found->children.push_back(element_of(model, goal));
}

bool is_marked(const Model& model, const Goal& goal) {
  const auto* section = find(model.graph->sections, kSection);
  const auto* mark = section != nullptr ? find(section->children, kMark) : nullptr;
  return goal.mode == Mode::full && mark != nullptr && says(*mark, "dialect", name(goal.dialect)) &&
         says(*mark, "target", goal.target.name);
}

}  // namespace lpt
