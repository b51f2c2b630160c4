#include "driver/mark.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ir/number.hpp"

namespace lpt {
namespace {

constexpr std::string_view kSection = "rt_info", kMark = "lpt_opt", kSource = "source";

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
  members.push_back(value_element("zero_point", text.keep(fmt::format("{}", tensor.zero_point))));
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

/// The element of this name, which is added if there is none.
Element& element_in(std::vector<Element>& elements, std::string_view name) {
  const auto found = std::find_if(elements.begin(), elements.end(), [&](const Element& e) { return e.name == name; });
  return found != elements.end() ? *found : elements.emplace_back(Element{name, {}, {}, {}});
}

const Element* mark_of(const Model& model) {
  const auto* section = find(model.graph->sections, kSection);
  return section != nullptr ? find(section->children, kMark) : nullptr;
}

/// The value of a member of the mark, or of an entry; empty if there is none.
std::string_view said(const Element* mark, std::string_view name) {
  const auto* child = mark != nullptr ? find(mark->children, name) : nullptr;
  const auto* text = child != nullptr ? find(child->attributes, "value") : nullptr;
  return text != nullptr ? *text : std::string_view{};
}

}  // namespace

void mark(Model& model, const PassContext& context, const std::vector<std::string_view>& vanished) {
  element_in(element_in(model.graph->sections, kSection).children, kMark) = element_of(*model.text, context, vanished);
}

void mark_source(Model& model, std::string_view digest) {
  auto& mark = element_in(element_in(model.graph->sections, kSection).children, kMark);
  element_in(mark.children, kSource) = value_element(kSource, model.text->keep(std::string(digest)));
}

std::string_view marked_source(std::string_view xml) {
  // In a value there is no "<", and what stands in front of the mark's own is of bodies.
  const auto begin = fmt::format("<{} value=\"", kSource);
  const auto at = xml.rfind(begin);
  if (at == std::string_view::npos) return {};
  xml.remove_prefix(at + begin.size());
  return xml.substr(0, xml.find('"'));
}

bool is_marked(const Model& model, const Goal& goal) {
  return goal.mode == Mode::full && said(mark_of(model), "dialect") == name(goal.dialect) &&
         said(mark_of(model), "target") == goal.target.name;
}

std::string_view marked_dialect(const Model& model) { return said(mark_of(model), "dialect"); }

std::string_view marked_version(const Model& model) { return said(mark_of(model), "version"); }

std::vector<ListedMultiple> listed_multiples(const Model& model) {
  std::vector<ListedMultiple> result;
  const auto* mark = mark_of(model);
  const auto* list = mark != nullptr ? find(mark->children, "multiples") : nullptr;
  if (list == nullptr) return result;
  for (const auto& entry : list->children) {
    const auto port = parse_number<std::size_t>(said(&entry, "port"));
    const auto zero_point = parse_real<float>(said(&entry, "zero_point"));
    std::vector<float> scale;
    bool is_readable = port && zero_point;
    for (auto rest = said(&entry, "scale"); !rest.empty();) {
      const auto end = std::min(rest.find(' '), rest.size());
      const auto number = parse_real<float>(rest.substr(0, end));
      is_readable = is_readable && number;
      scale.push_back(number.value_or(0));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const auto axis = parse_number<std::size_t>(said(&entry, "axis"));
    if (is_readable && !scale.empty() && (scale.size() == 1 || axis))
      result.push_back({said(&entry, "layer"), *port, std::move(scale), *zero_point, axis});
  }
  return result;
}

}  // namespace lpt
