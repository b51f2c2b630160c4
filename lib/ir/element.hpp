#pragma once

#include <string_view>
#include <vector>

namespace lpt {

/// A name with its text, in the order of the file. Both texts belong to the Text of the model.
struct Attribute {
  std::string_view name;
  std::string_view value;
  bool operator==(const Attribute&) const = default;
};

/// A part of the XML that the graph does not interpret and keeps as it was written: run-time information, legacy
/// sections, elements of future versions. An Element without a name is the text between two others.
struct Element {
  std::string_view name;
  std::string_view text;
  std::vector<Attribute> attributes;
  std::vector<Element> children;
  bool operator==(const Element&) const = default;
};

/// The value of the attribute called `name`, or null.
inline const std::string_view* find(const std::vector<Attribute>& attributes, std::string_view name) {
  for (const auto& attribute : attributes) {
    if (attribute.name == name) return &attribute.value;
  }
  return nullptr;
}

/// The first child called `name`, or null.
inline const Element* find(const std::vector<Element>& children, std::string_view name) {
  for (const auto& child : children) {
    if (child.name == name) return &child;
  }
  return nullptr;
}

}  // namespace lpt
