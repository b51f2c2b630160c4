#pragma once

#include <pugixml.hpp>

#include <cstdint>
#include <mutex>
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
///
/// The layers and edges of a large file are not parsed with the rest but in pieces, one after another: what one piece
/// takes in memory serves the next, which is three times as fast as a tree of the whole file. Pieces are cut where
/// OpenVINO's writer begins a line with `<layer` or `<edge`; where that proves not to be between two of them, the file
/// has to be read again in one.
class Dom {
 public:
  enum class Pieces { allowed, never };
  /// Thrown if a file cannot be parsed in pieces; it may be well-formed all the same.
  struct NotInPieces {};

  /// Parses `text`, which the model's Text keeps, so that the views handed out live as long as the model.
  Dom(Text& texts, XmlText text, const Origin& origin, const Warn& warn, Pieces pieces);
  Dom(const Dom&) = delete;
  Dom& operator=(const Dom&) = delete;

  /// A range of the file.
  struct Range {
    std::uint64_t offset, size;
  };

  /// The pieces of the root's layers, and of its edges, which are not in the tree of `root`. None if there are none.
  const std::vector<Range>& layer_pieces() const { return layers_; }
  const std::vector<Range>& edge_pieces() const { return edges_; }

  /// Parses a piece and calls `visit` with its elements; each piece once, several threads may share the work.
  /// throws  NotInPieces unless the piece consists of elements of this name
  template <class Visit>
  void visit_piece(const Range& piece, const char* name, Visit&& visit) const {
    pugi::xml_document document;
    parse_piece(piece, document);
    for (auto node = document.first_child(); node; node = node.next_sibling()) {
      if (std::string_view(node.name()) != name) throw NotInPieces();
      visit(node);
    }
  }

  pugi::xml_node root() const { return document_.document_element(); }

  /// `model.xml:12: layer: ...`: an error about an element that is not, or not yet, a layer of a graph.
  template <class... Args>
  Error error(pugi::xml_node node, fmt::format_string<Args...> format, Args&&... args) const {
    return bad_model("{}: {}", place(node), fmt::format(format, std::forward<Args>(args)...));
  }
  std::string place(pugi::xml_node node) const;
  /// Byte offset in the file.
  std::uint64_t offset(pugi::xml_node node) const;

  /// The value of an element's attribute with references replaced.
  std::string_view value(pugi::xml_attribute attribute, pugi::xml_node node) const;
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
  std::string cut_into_pieces(std::string_view text);
  void parse_piece(const Range& piece, pugi::xml_document& document) const;
  void check_outside_root() const;
  void say(const std::string& warning) const;
  std::string_view decode(std::string_view raw, pugi::xml_node at) const;
  void check_attributes_differ(pugi::xml_node node, const std::vector<Attribute>& attributes) const;

  Text& texts_;
  const Origin& origin_;
  const Warn& warn_;
  bool has_references_ = false;
  char* buffer_ = nullptr;             ///< the whole file
  std::vector<Range> kept_;            ///< what document_ was parsed from: ranges of the file, one behind another
  std::vector<Range> layers_, edges_;  ///< what it was not
  pugi::xml_document document_;
  std::uint64_t size_ = 0;
  mutable std::mutex keeping_;  ///< of texts_
};

/// Levels of nesting that an element of no known meaning may have: OpenVINO's writer indents by level, so that its
/// output grows with the square of the depth.
constexpr int kDeepestElement = 256;

}  // namespace lpt
