#include "io/dom.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "ir/number.hpp"

namespace lpt {
namespace {

bool is_text(pugi::xml_node node) { return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata; }

/// XML 1.0, production [2]; code points below blank are let through, since OpenVINO writes them so.
bool is_character(std::uint32_t code) {
  return code != 0 && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF) && code != 0xFFFE && code != 0xFFFF;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
  }
}

/// The code point of "#233" or "#xE9"; empty if it is no number.
std::optional<std::uint32_t> character_reference(std::string_view name) {
  const bool hex = name.size() > 1 && name[1] == 'x';
  name.remove_prefix(hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  if (end != name.data() + name.size() || name.empty() || error == std::errc::invalid_argument) return std::nullopt;
  return error == std::errc{} ? code : 0xFFFFFFFF;
}

char predefined_entity(std::string_view name) {
  if (name == "amp") return '&';
  if (name == "lt") return '<';
  if (name == "gt") return '>';
  if (name == "quot") return '"';
  if (name == "apos") return '\'';
  return '\0';
}

// References are replaced in `decode`, which knows where they stand and refuses those that pugixml lets pass.
constexpr unsigned kFlags = (pugi::parse_default & ~pugi::parse_escapes) | pugi::parse_doctype | pugi::parse_fragment;

}  // namespace

Dom::Dom(Text& texts, XmlText xml, const Origin& origin, const Warn& warn, Pieces pieces)
    : texts_(texts), origin_(origin), warn_(warn) {
  constexpr std::size_t kLarge = 1 << 20;
  has_references_ = xml.view().find('&') != std::string_view::npos;
  kept_ = {{0, xml.size}};
  std::string rest;
  if (pieces == Pieces::allowed && xml.size >= kLarge) rest = cut_into_pieces(xml.view());
  const bool in_pieces = !layers_.empty();
  buffer_ = texts.keep_buffer(std::move(xml.data));
  size_ = xml.size;
  char* parsed = buffer_;
  std::size_t size = xml.size;
  if (in_pieces) {
    size = rest.size();
    parsed = texts.keep_buffer(std::make_unique<char[]>(size));
    std::memcpy(parsed, rest.data(), size);
  }
  const auto result = document_.load_buffer_inplace(parsed, size, kFlags, pugi::encoding_utf8);
  if (!result) {
    if (in_pieces) throw NotInPieces();
    const auto at = static_cast<std::uint64_t>(result.offset);
    const bool early = at + 1 >= size;
    throw bad_model("{}:{}: no well-formed XML at byte {}: {}", origin.path, origin.line_of(at), at,
                    early ? "the file ends early" : result.description());
  }
  check_outside_root();
}

/// Finds the pieces of layers and edges; returns the text of everything else.
std::string Dom::cut_into_pieces(std::string_view text) {
  constexpr std::size_t kPiece = 256 << 10;
  constexpr auto npos = std::string_view::npos;
  std::string rest;
  std::size_t kept = 0;
  std::vector<Range> ranges;
  const auto cut = [&](std::string_view first, std::string_view end, std::vector<Range>& pieces) {
    auto begin = text.find(first, kept);
    const auto stop = begin == npos ? npos : text.find(end, begin);
    if (stop == npos) return false;
    rest += text.substr(kept, begin - kept);
    ranges.push_back({kept, begin - kept});
    while (begin < stop) {
      const auto next = std::min(text.find(first, std::min(begin + kPiece, stop)), stop);
      pieces.push_back({begin, next - begin});
      begin = next;
    }
    kept = begin;
    return true;
  };
  if (!cut("\n\t\t<layer ", "\n\t</layers>", layers_) || !cut("\n\t\t<edge ", "\n\t</edges>", edges_)) {
    layers_.clear();
    edges_.clear();
    return {};
  }
  rest += text.substr(kept);
  ranges.push_back({kept, text.size() - kept});
  kept_ = std::move(ranges);
  return rest;
}

void Dom::parse_piece(const Range& piece, pugi::xml_document& document) const {
  if (!document.load_buffer_inplace(buffer_ + piece.offset, piece.size, kFlags, pugi::encoding_utf8))
    throw NotInPieces();
}

std::uint64_t Dom::offset(pugi::xml_node node) const {
  // Names lie where the file has them; those of the kept ranges in a copy, if there are pieces.
  if (node.name() >= buffer_ && node.name() < buffer_ + size_) return static_cast<std::uint64_t>(node.name() - buffer_);
  auto offset = static_cast<std::uint64_t>(node.offset_debug());
  for (const auto& range : kept_) {
    if (offset < range.size) return range.offset + offset;
    offset -= range.size;
  }
  return 0;
}

void Dom::check_outside_root() const {
  std::size_t roots = 0;
  for (const auto node : document_.children()) {
    if (node.type() == pugi::node_doctype) throw bad_model("{}: a DOCTYPE is not allowed", origin_.path);
    if (is_text(node))
      throw bad_model("{}: text outside the root element; the file is damaged or two files in one", origin_.path);
    if (node.type() == pugi::node_element && ++roots == 2) throw error(node, "a second root element <{}>", node.name());
  }
  if (roots == 0) throw bad_model("{}: no XML element at all", origin_.path);
}

void Dom::say(const std::string& warning) const {
  // Pieces are read in any order, so that warnings are left to a reading in one piece.
  if (!layers_.empty()) throw NotInPieces();
  warn_(warning);
}

std::string Dom::place(pugi::xml_node node) const {
  const auto line = origin_.line_of(offset(node));
  return line == 0 ? origin_.path : fmt::format("{}:{}", origin_.path, line);
}

std::string_view Dom::decode(std::string_view raw, pugi::xml_node at) const {
  std::string out;
  bool warned = false;
  for (std::size_t i = 0; i < raw.size();) {
    if (raw[i] != '&') {
      out += raw[i++];
      continue;
    }
    // No name goes past the next '&', so that no part of the text is searched twice.
    const auto end = std::min(raw.find_first_of("&;", i + 1), raw.size() - 1);
    const auto name = raw[end] == ';' ? raw.substr(i + 1, end - i - 1) : std::string_view{};
    const auto code = !name.empty() && name[0] == '#' ? character_reference(name) : std::nullopt;
    if (code && !is_character(*code)) throw error(at, "&{}; is not a character", name);
    if (code) {
      append_utf8(out, *code);
    } else if (const char entity = predefined_entity(name)) {
      out += entity;
    } else {
      if (!std::exchange(warned, true))
        say(fmt::format("{}: a '&' that begins no known reference is kept as text", place(at)));
      out += raw[i++];
      continue;
    }
    i = end + 1;
  }
  const std::lock_guard lock(keeping_);
  return texts_.keep(std::move(out));
}

std::string_view Dom::value(pugi::xml_attribute attribute, pugi::xml_node node) const {
  const std::string_view raw = attribute.value();
  return has_references_ && raw.find('&') != std::string_view::npos ? decode(raw, node) : raw;
}

std::string_view Dom::checked_value(pugi::xml_attribute attribute, pugi::xml_node node) const {
  if (std::strchr(attribute.value(), '<') != nullptr) {
    say(fmt::format("{}: attribute {} of <{}> has a bare '<', which will be written as &lt;", place(node),
                    attribute.name(), node.name()));
  }
  return value(attribute, node);
}

std::string_view Dom::text(pugi::xml_node node) const {
  const std::string_view raw = node.value();
  const bool decodes = has_references_ && node.type() == pugi::node_pcdata && raw.find('&') != std::string_view::npos;
  return decodes ? decode(raw, node.parent()) : raw;
}

std::string_view Dom::required(pugi::xml_node node, const char* name) const {
  const auto attribute = node.attribute(name);
  if (!attribute) throw error(node, "<{}> has no attribute {}", node.name(), name);
  return value(attribute, node);
}

std::uint64_t Dom::required_number(pugi::xml_node node, const char* name) const {
  const auto text = required(node, name);
  const auto number = parse_unsigned(text);
  if (!number) throw error(node, "{} of <{}> is \"{}\", should be a number of 0..2^63-1", name, node.name(), text);
  return *number;
}

pugi::xml_node Dom::only_child(pugi::xml_node node, const char* name) const {
  const auto first = node.child(name);
  if (const auto second = first.next_sibling(name)) {
    throw error(second, "a second <{}> in <{}>; OpenVINO would ignore it", name, node.name());
  }
  return first;
}

void Dom::check_attributes_differ(pugi::xml_node node, const std::vector<Attribute>& attributes) const {
  const auto twice = [&](std::string_view name) {
    return error(node, "<{}> has the attribute {} twice", node.name(), name);
  };
  constexpr std::size_t kFew = 12;
  if (attributes.size() <= kFew) {
    for (std::size_t i = 1; i < attributes.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (attributes[i].name == attributes[k].name) throw twice(attributes[i].name);
      }
    }
    return;
  }
  std::vector<std::string_view> names;
  for (const auto& attribute : attributes) names.push_back(attribute.name);
  std::sort(names.begin(), names.end());
  const auto same = std::adjacent_find(names.begin(), names.end());
  if (same != names.end()) throw twice(*same);
}

std::vector<Attribute> Dom::attributes(pugi::xml_node node) const {
  std::vector<Attribute> result;
  result.reserve(4);
  for (auto attribute = node.first_attribute(); attribute; attribute = attribute.next_attribute()) {
    result.push_back({attribute.name(), checked_value(attribute, node)});
  }
  check_attributes_differ(node, result);
  return result;
}

Element Dom::element(pugi::xml_node node, int depth) const {
  if (depth > kDeepestElement) throw error(node, "elements are nested deeper than {} levels", kDeepestElement);
  Element result;
  result.name = node.name();
  result.attributes = attributes(node);
  for (const auto child : node.children()) append_child(result.children, child, depth + 1);
  return result;
}

void Dom::append_child(std::vector<Element>& children, pugi::xml_node child, int depth) const {
  if (child.type() == pugi::node_element) {
    children.push_back(element(child, depth));
  } else if (is_text(child)) {
    Element piece;
    piece.text = text(child);
    children.push_back(std::move(piece));
  }
}

}  // namespace lpt
