#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.hpp"

namespace lpt {

/// The file that a model came from, for messages.
struct Origin {
  std::string path;
  /// Line of a byte offset of the file, from 1; 0 if it cannot be told any more.
  std::function<std::size_t(std::uint64_t)> line_of = [](std::uint64_t) { return std::size_t{0}; };
};

/// Bytes in the weights file that an element of a legacy section points at with its attributes offset and size.
struct SectionBlob {
  const Element* element;
  Blob blob;
};

/// One IR: everything that model.xml and model.bin hold.
struct Model {
  Model() : text(std::make_shared<Text>()), graph(std::make_unique<Graph>(text)) {}

  std::shared_ptr<Text> text;
  std::unique_ptr<Graph> graph;
  int version = 11;                        ///< 10 or 11
  std::optional<std::string_view> name;    ///< absent if the file has none
  std::vector<Attribute> root_attributes;  ///< of the root element, besides name and version
  std::vector<SectionBlob> section_blobs;  ///< the means of pre-process
  Origin origin;
};

/// What messages say of a layer. It outlives the layer, though not the texts of its graph.
struct LayerLabel {
  explicit LayerLabel(const Node& node)
      : name(node.name()), type(node.type()), id(node.id()), source_offset(node.source_offset()) {}

  std::string_view name, type;
  std::uint64_t id, source_offset;
};

/// `model.xml:1423: "conv1" (Convolution, id 57)`: how every message begins that is about one layer. Looks up the line.
std::string where(const Origin& origin, const LayerLabel& layer);
inline std::string where(const Origin& origin, const Node& node) { return where(origin, LayerLabel(node)); }

}  // namespace lpt
