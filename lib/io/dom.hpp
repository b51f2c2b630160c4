#pragma once

#include <pugixml.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/xml_text.hpp"
#include "ir/element.hpp"
#include "ir/error.hpp"
#include "ir/graph.hpp"
#include "ir/model.hpp"

namespace lpt {

/// A parsed XML file, checked for what pugixml passes over: a second root, text outside the root, a DOCTYPE,
/// references to characters that XML does not have, attributes given twice, nesting too deep.
class Dom {
 public:
  /// Parses `text`, which the model's Text keeps, so that the views handed out live as long as the model.
  Dom(Text& texts, XmlText text, const Origin& origin, const Warn& warn);

  pugi::xml_node root() const { return document_.document_element(); }

  /// `model.xml:12: layer: ...`: an error about an element that is not, or not yet, a layer of a graph.
  template <class... Args>
  Error error(pugi::xml_node node, fmt::format_string<Args...> format, Args&&... args) const {
    return bad_model("{}: {}", place(node), fmt::format(format, std::forward<Args>(args)...));
  }
  std::string place(pugi::xml_node node) const;
  std::uint64_t offset(pugi::xml_node node) const { return static_cast<std::uint64_t>(node.offset_debug()); }

  /// An attribute's value with references replaced.
  std::string_view value(pugi::xml_attribute attribute) const;
  /// The same for text that people write; warns of a bare '<'.
  std::string_view checked_value(pugi::xml_attribute attribute, pugi::xml_node node) const;
  /// Text between tags with references replaced.
  std::string_view text(pugi::xml_node node) const;
  /// throws  Error if the element does not have the attribute
  std::string_view required(pugi::xml_node node, const char* attribute) const;
  /// throws  Error if the attribute is missing or no number of 0 ... 2^63-1
  std::uint64_t required_number(pugi::xml_node node, const char* attribute) const;
  /// The only child of this name; null if there is none. throws  Error if there are two
  pugi::xml_node only_child(pugi::xml_node node, const char* name) const;

  /// All attributes of an element. throws  Error if one is given twice
  std::vector<Attribute> attributes(pugi::xml_node node) const;
  /// The element with everything in it, which stands at a depth of `depth` levels. throws  Error if it goes too deep
  Element element(pugi::xml_node node, int depth = 0) const;
  /// An element or a text child, appended; comments and processing instructions are left out.
  void append_child(std::vector<Element>& children, pugi::xml_node child, int depth = 0) const;

 private:
  void check_outside_root() const;
  std::string_view decode(std::string_view raw, pugi::xml_node at) const;
  void check_attributes_differ(pugi::xml_node node, const std::vector<Attribute>& attributes) const;

  Text& texts_;
  const Origin& origin_;
  const Warn& warn_;
  bool has_references_ = false;
  pugi::xml_document document_;
};

/// Levels of nesting that an element of no known meaning may have: OpenVINO's writer indents by level, so that its
/// output grows with the square of the depth.
constexpr int kDeepestElement = 256;

}  // namespace lpt
